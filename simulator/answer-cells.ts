import type { CellValue, Sheet, Workbook } from '../benchmarks/spreadsheetbench/workbook/cell-value';
import { cellKey } from '../benchmarks/spreadsheetbench/workbook/cell-address';
import type { Area } from '../benchmarks/spreadsheetbench/workbook/cell-address';

/** What an answer cell must hold, in the form that the written code spells it; `day` is an ISO date or date-time. */
export type AnswerValue = number | string | boolean | null | { day: string };

/** One cell that a right answer writes. `formula`: what the published answer has there, if any. */
export interface AnswerCell {
  row: number;
  column: number;
  value: AnswerValue;
  formula: string | null;
  /** The cell holds something else in the input; false for blanks that just have to stay blank. */
  changed: boolean;
  /** The input has a value there that the answer takes away. */
  cleared: boolean;
}

const epochMs = Date.UTC(1899, 11, 30);

/** The value as code would write it; undefined for what the simulator can't write (durations, errors). */
function writable(value: CellValue | undefined): AnswerValue | undefined {
  if (value === undefined || value === '') return null;
  if (typeof value !== 'object') return value;
  switch (value.kind) {
    case 'date':
    case 'datetime': {
      const iso = new Date(epochMs + value.ms).toISOString();
      return { day: iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso };
    }
    case 'time': {
      const minutes = Math.floor(value.ms / 60_000);
      return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
    }
    case 'duration':
    case 'error':
      return undefined;
    default:
      return value satisfies never;
  }
}

/** The sheet of that name, as far as it holds cells. */
export function sheetNamed(workbook: Workbook, name: string): Sheet | undefined {
  return workbook.sheets.find((sheet) => sheet.name === name);
}

// Blanks to write out beside the changed cells: enough to show the habit, few enough to keep the code short.
const maxBlanks = 40;

/**
 * The cells of the area that a right answer writes: all that differ between input and golden, and some of those that
 * are blank in both. Null when one of them can't be written.
 */
export function answerCells(
  input: Sheet | undefined,
  golden: Sheet,
  areas: readonly Area[],
  formulaAt: (row: number, column: number) => string | null,
): AnswerCell[] | null {
  const cells: AnswerCell[] = [];
  let blanks = 0;
  for (const area of areas) {
    // What lies beyond both sheets is blank in both.
    const lastRow = Math.min(area.lastRow, Math.max(input?.rows ?? 0, golden.rows));
    const lastColumn = Math.min(area.lastColumn, Math.max(input?.columns ?? 0, golden.columns));
    for (let row = area.firstRow; row <= lastRow; row += 1) {
      for (let column = area.firstColumn; column <= lastColumn; column += 1) {
        const before = writable(input?.cells.get(cellKey(row, column)));
        const value = writable(golden.cells.get(cellKey(row, column)));
        const changed = JSON.stringify(before) !== JSON.stringify(value);
        if (!changed && (value !== null || (blanks += 1) > maxBlanks)) continue;
        if (value === undefined) return null;
        const cleared = value === null && before !== null && before !== undefined;
        cells.push({ row, column, value, formula: formulaAt(row, column), changed, cleared });
      }
    }
  }
  return cells;
}
