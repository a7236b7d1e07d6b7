import { z } from 'zod';
import { cellKey, keyColumn, keyRow, parseArea } from '../../../benchmarks/spreadsheetbench/workbook/cell-address';
import type { CellValue, Sheet, Workbook } from '../../../benchmarks/spreadsheetbench/workbook/cell-value';
import { emptySheet } from '../../../benchmarks/spreadsheetbench/workbook/cell-value';

const Mutation = z.object({
  op: z.string(),
  sheet: z.string(),
  cell: z.string().optional(),
  new_type: z.string().optional(),
  new_value: z.union([z.number(), z.string(), z.boolean(), z.null()]).optional(),
  new_name: z.string().optional(),
  row: z.number().optional(),
});

/** A row of the verdict table: what both scorers said about a golden, an untouched input or a changed golden. */
export const VerdictRow = z.object({
  id: z.string(),
  task_id: z.string(),
  answer_position: z.string(),
  candidate: z.string(),
  verdict: z.boolean(),
  message: z.string(),
  reference_verdict: z.boolean(),
  reference_match: z.number(),
  reference_total: z.number(),
  mutation: Mutation.optional(),
});
export type VerdictRow = z.infer<typeof VerdictRow>;

function valueOf(type: string, value: unknown): CellValue | null {
  const text = String(value);
  switch (type) {
    case 'number':
      return Number(value);
    case 'string':
      return text;
    case 'bool':
      return value === true;
    case 'empty':
    case 'formula_nocache':
      return null;
    case 'error':
      return { kind: 'error', code: text };
    case 'datetime':
      return { kind: 'datetime', ms: Date.parse(`${text}Z`) - Date.UTC(1899, 11, 30) };
    case 'time':
      return { kind: 'time', ms: Date.parse(`1970-01-01T${text}Z`) };
    case 'timedelta_s':
      return { kind: 'duration', ms: Number(value) * 1000 };
  }
  throw new Error(`the verdict table has a type of value that this test doesn't know: ${type}`);
}

function moveRows(sheet: Sheet, from: number, by: number): void {
  const cells = new Map<number, CellValue>();
  for (const [key, value] of sheet.cells) {
    const row = keyRow(key);
    if (by < 0 && row === from) continue;
    cells.set(cellKey(row >= from ? row + by : row, keyColumn(key)), value);
  }
  sheet.cells = cells;
}

/** Applies a row's mutation to a golden's values, in memory: `workbook` is changed. */
export function applyMutation(workbook: Workbook, mutation: z.infer<typeof Mutation>): void {
  const sheet = workbook.sheets.find(({ name }) => name === mutation.sheet);
  if (!sheet) throw new Error(`the golden has no sheet ${mutation.sheet}`);
  const others = workbook.sheets.filter((other) => other !== sheet);
  switch (mutation.op) {
    case 'set_cell': {
      const area = parseArea(mutation.cell ?? '');
      if (!area) throw new Error(`no cell: ${mutation.cell}`);
      const key = cellKey(area.firstRow, area.firstColumn);
      const value = valueOf(mutation.new_type ?? '', mutation.new_value);
      // A golden may hold a formula that nobody calculated: the new content takes its place.
      sheet.uncalculated.delete(key);
      if (value === null) sheet.cells.delete(key);
      else sheet.cells.set(key, value);
      if (mutation.new_type === 'formula_nocache') sheet.uncalculated.set(key, String(mutation.new_value).slice(1));
      return;
    }
    case 'rename_sheet':
    case 'sheet_case':
      sheet.name = mutation.new_name ?? '';
      return;
    case 'delete_sheet':
      // openpyxl can't save a workbook without sheets: the table has an empty one in place of an only sheet.
      workbook.sheets = others.length > 0 ? others : [emptySheet('Sheet', 'worksheet')];
      return;
    case 'add_sheet_first':
      workbook.sheets.unshift(emptySheet(mutation.new_name ?? '', 'worksheet'));
      return;
    case 'move_sheet_last':
      workbook.sheets = [...others, sheet];
      return;
    case 'insert_row_top':
      return moveRows(sheet, mutation.row ?? 1, 1);
    case 'delete_row_top':
      return moveRows(sheet, mutation.row ?? 1, -1);
    case 'hide_sheet':
    case 'format_only':
      return;
  }
  throw new Error(`the verdict table has an operation that this test doesn't know: ${mutation.op}`);
}
