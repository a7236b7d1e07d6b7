/** openpyxl's limits: rows as in Excel, columns up to ZZZ. */
export const maxRow = 1_048_576;
export const maxColumn = 18_278;

const columnStride = 32_768;

/** One number for a cell's place; row and column count from 1. */
export function cellKey(row: number, column: number): number {
  return row * columnStride + column;
}

export function keyRow(key: number): number {
  return Math.floor(key / columnStride);
}

export function keyColumn(key: number): number {
  return key % columnStride;
}

/** `AB` → 28, in any case; null for what is no column name from A to ZZZ. */
export function columnNumber(letters: string): number | null {
  if (!/^[A-Za-z]{1,3}$/.test(letters)) return null;
  let column = 0;
  for (const letter of letters.toUpperCase()) column = column * 26 + (letter.charCodeAt(0) - 64);
  return column;
}

/** 28 → `AB`. */
export function columnName(column: number): string {
  let name = '';
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  }
  return name;
}

/** A rectangle of cells, all bounds included, counting from 1. */
export interface Area {
  firstRow: number;
  lastRow: number;
  firstColumn: number;
  lastColumn: number;
}

export function areaCells(area: Area): number {
  return Math.max(0, area.lastRow - area.firstRow + 1) * Math.max(0, area.lastColumn - area.firstColumn + 1);
}

/** `B4` or `B4:D9` (dollar signs allowed) → its rectangle; null for anything else, and for a range that is reversed. */
export function parseArea(ref: string): Area | null {
  const match = /^\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?$/.exec(ref);
  if (!match) return null;
  const firstColumn = columnNumber(match[1] ?? '') ?? 0;
  const firstRow = Number(match[2]);
  const lastColumn = match[3] === undefined ? firstColumn : (columnNumber(match[3]) ?? 0);
  const lastRow = match[4] === undefined ? firstRow : Number(match[4]);
  const valid = firstRow >= 1 && lastRow <= maxRow && firstRow <= lastRow && firstColumn <= lastColumn;
  return valid ? { firstRow, lastRow, firstColumn, lastColumn } : null;
}
