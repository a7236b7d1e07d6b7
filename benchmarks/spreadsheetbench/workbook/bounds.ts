import { WorkbookError } from './workbook-error';

/** Limits of one workbook. Sizes in bytes. `ratio` is inflated over compressed size of one zip entry. */
export interface WorkbookBounds {
  fileBytes: number;
  zipEntries: number;
  entryBytes: number;
  totalBytes: number;
  ratio: number;
  /** An entry's ratio is looked at only beyond this size: a small file may well be one long run. */
  ratioFromBytes: number;
  xmlDepth: number;
  /** Attributes of one element. */
  xmlAttributes: number;
  sheets: number;
  cells: number;
  sharedStrings: number;
  styles: number;
  /** Characters of one number format. */
  formatLength: number;
  merges: number;
  links: number;
  /** Cells looked at while merges and linked ranges are applied. */
  rangeWork: number;
}

const MB = 1024 * 1024;

/**
 * Room above the largest real workbooks seen (10 MB inflated, 37:1 an entry, 215,000 cells, 13 sheets), and less than
 * half of a scoring thread's memory in the worst case: a heap that overflows by one large allocation ends the whole
 * process, not the thread alone.
 */
export const defaultBounds: WorkbookBounds = {
  fileBytes: 32 * MB,
  zipEntries: 10_000,
  entryBytes: 48 * MB,
  totalBytes: 64 * MB,
  ratio: 250,
  ratioFromBytes: 2 * MB,
  xmlDepth: 200,
  xmlAttributes: 1000,
  sheets: 256,
  cells: 1_000_000,
  sharedStrings: 500_000,
  styles: 100_000,
  formatLength: 1000,
  merges: 200_000,
  links: 200_000,
  rangeWork: 50_000_000,
};

/** Counts cells over the whole workbook. */
export interface CellBudget {
  left: number;
}

/** @throws WorkbookError `bound` when the workbook has had all the cells that it may have */
export function spendCell(budget: CellBudget, bounds: WorkbookBounds): void {
  if (budget.left <= 0) throw new WorkbookError('bound', `the workbook has more than ${bounds.cells} cells`);
  budget.left -= 1;
}
