import { columnNumber, parseArea } from '../workbook/cell-address';
import type { PositionPart } from './answer-position';
import { noCells } from './answer-position';

/** Splits at commas outside quotes; a quote that never closes takes the rest with it. */
function splitOutsideQuotes(position: string): string[] {
  const parts = [''];
  let quoted = false;
  for (const char of position) {
    if (char === "'") quoted = !quoted;
    if (char === ',' && !quoted) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function cellsOf(range: string): PositionPart['cells'] {
  const area = parseArea(range);
  if (area) return { area };
  const [, first = '', last = ''] = /^\$?([A-Za-z]+):\$?([A-Za-z]+)$/.exec(range) ?? [];
  const columns = [columnNumber(first), columnNumber(last)] as const;
  if (columns[0] !== null && columns[1] !== null) return { open: { columns: [columns[0], columns[1]] } };
  const rows = /^\$?(\d{1,7}):\$?(\d{1,7})$/.exec(range);
  return rows ? { open: { rows: [Number(rows[1]), Number(rows[2])] } } : { area: noCells };
}

/**
 * An answer position as the reference comparison reads it: commas and spaces inside a quoted name belong to the name,
 * spaces around a piece (no-break ones too) are dropped, and whole columns are taken as far as the sheets are used.
 * What is still no range names no cell, and so always passes: a position whose quotes don't pair, for one.
 */
export function referenceParts(position: string): PositionPart[] {
  return splitOutsideQuotes(position).map((text) => {
    const mark = text.lastIndexOf('!');
    const bare = (piece: string) => piece.trim().replace(/^'+|'+$/g, '');
    const sheet = mark < 0 ? null : bare(text.slice(0, mark)).replaceAll("''", "'");
    return { text, sheet, cells: cellsOf(bare(text.slice(mark + 1))) };
  });
}
