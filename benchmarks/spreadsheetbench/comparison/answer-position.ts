import type { Area } from '../workbook/cell-address';

/** The whole sheet's used rows, or columns, as far as either workbook has any. */
export type OpenArea = { columns: [first: number, last: number] } | { rows: [first: number, last: number] };

/**
 * One piece of an answer position. `sheet` null: the position names none. `fault`: the comparison can't be made, and
 * the official evaluator fails the task with an exception.
 */
export interface PositionPart {
  text: string;
  sheet: string | null;
  cells: { area: Area } | { open: OpenArea } | { fault: string };
}

/** An area without cells: nothing is compared, so that it always passes. */
export const noCells: Area = { firstRow: 1, lastRow: 0, firstColumn: 1, lastColumn: 0 };
