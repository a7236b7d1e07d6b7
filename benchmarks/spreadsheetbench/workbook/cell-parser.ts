import type { CellValue } from './cell-value';
import type { FormatMeaning } from './number-format';
import { pythonFloat, pythonInt } from './python-number';
import { fromIso, fromSerial } from './temporal-value';
import { WorkbookError } from './workbook-error';

/** What a cell needs from the rest of the workbook. */
export interface CellContext {
  sharedStrings: readonly string[];
  styles: readonly FormatMeaning[];
  date1904: boolean;
}

/** A `c` element: its place (`Sheet1!B4`, for errors), type, style index, and the texts of `v` and `is`. */
export interface RawCell {
  place: string;
  type: string;
  style: number;
  value: string;
  inline: string | null;
}

function refuse(raw: RawCell, expected: string): WorkbookError {
  const value = JSON.stringify(raw.value.slice(0, 60));
  return new WorkbookError('cell', `${raw.place} holds ${value} where ${expected} is expected`);
}

function numberOf(raw: RawCell, context: CellContext): CellValue {
  const parsed = /[.eE]/.test(raw.value) ? pythonFloat(raw.value) : pythonInt(raw.value);
  if (parsed === null) throw refuse(raw, 'a number');
  const meaning = context.styles[raw.style];
  if (meaning === 'number' || meaning === undefined) return parsed;
  return fromSerial(parsed, { date1904: context.date1904, duration: meaning === 'duration' });
}

/**
 * A cell's value, null for an empty one; what openpyxl refuses to load is refused here too.
 * @throws WorkbookError `cell`: not a number, no such shared string or style, an impossible date
 */
export function parseCell(raw: RawCell, context: CellContext): CellValue | null {
  if (!(raw.style in context.styles)) {
    throw new WorkbookError(
      'cell',
      `${raw.place} has style ${raw.style}, but the workbook has ${context.styles.length}`,
    );
  }
  if (raw.type === 'inlineStr') return raw.inline;
  if (raw.value === '') return null;
  switch (raw.type) {
    case 'n':
      return numberOf(raw, context);
    case 's': {
      const text = context.sharedStrings[pythonInt(raw.value) ?? -1];
      if (text === undefined) throw refuse(raw, 'the index of a shared string');
      return text;
    }
    case 'b': {
      const flag = pythonInt(raw.value);
      if (flag === null) throw refuse(raw, 'a boolean (0 or 1)');
      return flag !== 0;
    }
    case 'd': {
      const moment = fromIso(raw.value);
      if (moment === null) throw refuse(raw, 'an ISO 8601 date or time');
      return moment;
    }
    case 'e':
      return { kind: 'error', code: raw.value };
    default:
      return raw.value;
  }
}
