import { defaultBounds } from './bounds';
import type { CellBudget, WorkbookBounds } from './bounds';
import { emptySheet } from './cell-value';
import type { Workbook } from './cell-value';
import { openPackage } from './package-archive';
import { readContentTypes, readSheetList } from './package-parts';
import { readSharedStrings } from './shared-strings';
import { readStyles } from './styles';
import { WorkbookError } from './workbook-error';
import { readWorksheet } from './worksheet';

/**
 * Reads the values of an .xlsx workbook as openpyxl 3.1.5 does with `data_only=True`: formulas give their cached
 * results. Only values are read: styles count where they make a number a date, everything else is passed over.
 * @param bytes the whole file
 * @throws WorkbookError when the file is no workbook, is damaged, or exceeds the bounds
 */
export function readWorkbook(bytes: Uint8Array, bounds: WorkbookBounds = defaultBounds): Workbook {
  const archive = openPackage(bytes, bounds);
  const parts = readContentTypes(archive, bounds);
  const list = readSheetList(archive, parts.workbook, bounds);
  const context = {
    sharedStrings: parts.sharedStrings === null ? [] : readSharedStrings(archive, parts.sharedStrings, bounds),
    styles: readStyles(archive, bounds),
    date1904: list.date1904,
  };
  const budget: CellBudget = { left: bounds.cells };
  const workbook: Workbook = { sheets: [] };
  for (const { name, part, kind } of list.sheets) {
    if (part === null) continue;
    if (kind === 'chartsheet') workbook.sheets.push(emptySheet(name, kind));
    else workbook.sheets.push(readWorksheet(archive, { name, part }, context, budget, bounds));
  }
  if (workbook.sheets.length === 0) throw new WorkbookError('format', 'the workbook has no sheets');
  return workbook;
}
