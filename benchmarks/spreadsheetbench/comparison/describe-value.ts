import type { CellValue } from '../workbook/cell-value';

const longest = 200;

/** The start of a text that may be of any length, short enough for a mismatch. */
export function clip(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** `2024-03-01 09:30:00` of milliseconds since 1899-12-30. */
function momentText(ms: number): string {
  const date = new Date(Date.UTC(1899, 11, 30) + ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString().slice(0, 19).replace('T', ' ');
}

function clockText(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${ms < 0 ? '-' : ''}${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** A value with its type, for people and models: `number 5`, `text "5"`, `empty`, `date-time 2024-03-01 00:00:00`. */
export function describeValue(value: CellValue | undefined): string {
  if (value === undefined) return 'empty';
  if (typeof value === 'number') return `number ${value}`;
  if (typeof value === 'boolean') return `boolean ${value ? 'TRUE' : 'FALSE'}`;
  if (typeof value === 'string') return `text ${JSON.stringify(clip(value))}`;
  switch (value.kind) {
    case 'error':
      return `error ${clip(value.code)}`;
    case 'datetime':
      return `date-time ${momentText(value.ms)}`;
    case 'date':
      return `date ${momentText(value.ms).slice(0, 10)}`;
    case 'time':
      return `time ${clockText(value.ms)}`;
    case 'duration':
      return `duration ${clockText(value.ms)}`;
  }
}

/** A cell with a formula that nobody has calculated; `formula` is its text without the equals sign. */
export function describeUncalculated(formula: string): string {
  return formula === ''
    ? 'formula without a calculated value'
    : `formula without a calculated value (=${clip(formula)})`;
}
