/**
 * A cell's value as openpyxl reads it with `data_only`: a number, a text, a boolean, or one of the objects below.
 * `datetime.ms`: milliseconds since 1899-12-30; `time.ms`: since midnight; `duration.ms`: may be negative;
 * `date.ms`: like `datetime`, a date without a time (ISO cells only); `error.code` like `#N/A`, compared as text.
 */
export type CellValue =
  | number
  | string
  | boolean
  | { kind: 'datetime'; ms: number }
  | { kind: 'date'; ms: number }
  | { kind: 'time'; ms: number }
  | { kind: 'duration'; ms: number }
  | { kind: 'error'; code: string };

/**
 * A sheet's values; empty cells are absent. Keys are `cellKey(row, column)`. `uncalculated` holds the cells with a
 * formula but no cached value, with the start of the formula. `rows` and `columns` are the extent of what is stored.
 */
export interface Sheet {
  name: string;
  kind: 'worksheet' | 'chartsheet';
  cells: Map<number, CellValue>;
  uncalculated: Map<number, string>;
  rows: number;
  columns: number;
}

export interface Workbook {
  sheets: Sheet[];
}

export function emptySheet(name: string, kind: Sheet['kind']): Sheet {
  return { name, kind, cells: new Map(), uncalculated: new Map(), rows: 0, columns: 0 };
}
