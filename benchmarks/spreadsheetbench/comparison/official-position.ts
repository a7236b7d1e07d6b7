import { areaCells, maxColumn, maxRow, parseArea } from '../workbook/cell-address';
import type { PositionPart } from './answer-position';
import { noCells } from './answer-position';

const stripQuotes = (text: string): string => text.replace(/^'+|'+$/g, '');

/** Base 26 by the distance from `A`, of whatever characters there are: a space counts −32, no letter at all 0. */
function columnOf(letters: string): number {
  let column = 0;
  for (const letter of letters) column = column * 26 + ((letter.codePointAt(0) ?? 0) - 64);
  return column;
}

/** The evaluator gathers digits as the row and everything else, wherever it stands, as the column. */
function corner(text: string): { column: number; row: number | null } {
  const digits = text.replace(/[^0-9]/g, '');
  return { column: columnOf(text.replace(/[0-9]/g, '')), row: digits === '' ? null : Number(digits) };
}

function rangeCells(range: string): PositionPart['cells'] {
  const corners = range.split(':').map(corner);
  const [first, last] = corners;
  if (!first || !last || corners.length !== 2) return { fault: `${range} has more than two corners` };
  if (first.row === null || last.row === null) return { fault: `${range} has a corner without a row number` };
  const area = { firstRow: first.row, lastRow: last.row, firstColumn: first.column, lastColumn: last.column };
  if (areaCells(area) === 0) return { area: noCells };
  const inside = area.firstColumn >= 1 && area.lastColumn <= maxColumn && area.firstRow >= 1 && area.lastRow <= maxRow;
  return inside ? { area } : { fault: `${range} leads outside the sheet` };
}

/**
 * An answer position as the official evaluator takes it apart: split at every comma, then at `!`, with the quotes
 * dropped from both ends and no space trimmed. Pieces that make it raise an exception are faults.
 */
export function officialParts(position: string): PositionPart[] {
  return position.split(',').map((text) => {
    const halves = text.split('!');
    if (halves.length > 2) return { text, sheet: null, cells: { fault: `${text} has more than one exclamation mark` } };
    const sheet = halves.length === 2 ? stripQuotes(halves[0] ?? '') : null;
    const range = stripQuotes(halves.at(-1) ?? '');
    if (range.includes(':')) return { text, sheet, cells: rangeCells(range) };
    const area = parseArea(range);
    return { text, sheet, cells: area ? { area } : { fault: `${JSON.stringify(range)} is not a cell` } };
  });
}
