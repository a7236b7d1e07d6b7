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
  sheets: number;
  cells: number;
  sharedStrings: number;
  styles: number;
  merges: number;
  links: number;
  /** Cells looked at while merges and linked ranges are applied. */
  rangeWork: number;
}

const MB = 1024 * 1024;

/**
 * Room above the largest real workbooks seen (10 MB inflated, 37:1 an entry, 215,000 cells, 13 sheets) and well
 * within a scoring thread's memory.
 */
export const defaultBounds: WorkbookBounds = {
  fileBytes: 64 * MB,
  zipEntries: 10_000,
  entryBytes: 64 * MB,
  totalBytes: 128 * MB,
  ratio: 250,
  ratioFromBytes: 2 * MB,
  xmlDepth: 200,
  sheets: 256,
  cells: 2_000_000,
  sharedStrings: 1_000_000,
  styles: 100_000,
  merges: 200_000,
  links: 200_000,
  rangeWork: 50_000_000,
};
