import { areaCells, cellKey, keyColumn, keyRow, parseArea } from './cell-address';
import type { Area } from './cell-address';
import { spendCell } from './bounds';
import type { CellBudget, WorkbookBounds } from './bounds';
import type { Sheet } from './cell-value';
import { WorkbookError } from './workbook-error';

/** A link on a cell or range: its target's text (an address, or a place in the workbook). */
export interface SheetLink {
  ref: string;
  text: string;
}

function areaOf(sheet: Sheet, ref: string, what: string): Area {
  const area = parseArea(ref);
  if (area) return area;
  throw new WorkbookError(
    'cell',
    `${what} of sheet ${JSON.stringify(sheet.name)} has the range ${JSON.stringify(ref)}`,
  );
}

function contains(area: Area, key: number): boolean {
  const [row, column] = [keyRow(key), keyColumn(key)];
  return row >= area.firstRow && row <= area.lastRow && column >= area.firstColumn && column <= area.lastColumn;
}

function* keysIn(area: Area): Generator<number> {
  for (let row = area.firstRow; row <= area.lastRow; row++) {
    for (let column = area.firstColumn; column <= area.lastColumn; column++) yield cellKey(row, column);
  }
}

/**
 * What ranges do to a sheet's values once its cells are read: merged cells keep their first cell's value alone, and an
 * empty cell that carries a hyperlink reads as the link's target (openpyxl sets it so).
 * @param limits `budget`: cells that the workbook may still have; a link on a range can fill many
 * @throws WorkbookError `cell` for a range that is none, `bound` when applying them is too much work
 */
export function applyRanges(
  sheet: Sheet,
  merges: string[],
  links: SheetLink[],
  { bounds, budget }: { bounds: WorkbookBounds; budget: CellBudget },
): void {
  let work = 0;
  const spend = (cells: number): void => {
    work += cells;
    if (work > bounds.rangeWork) {
      const name = JSON.stringify(sheet.name);
      throw new WorkbookError('bound', `merged and linked ranges of sheet ${name} cover too many cells`);
    }
  };
  const merged: Area[] = [];
  for (const ref of merges) {
    const area = areaOf(sheet, ref, 'a merge');
    merged.push(area);
    const anchor = cellKey(area.firstRow, area.firstColumn);
    const stored = sheet.cells.size + sheet.uncalculated.size;
    const few = areaCells(area) <= stored;
    spend(few ? areaCells(area) : stored);
    for (const key of few ? keysIn(area) : [...sheet.cells.keys(), ...sheet.uncalculated.keys()]) {
      if (key === anchor || !contains(area, key)) continue;
      sheet.cells.delete(key);
      sheet.uncalculated.delete(key);
    }
  }
  for (const link of links) {
    const area = areaOf(sheet, link.ref, 'a hyperlink');
    const single = !link.ref.includes(':');
    spend(areaCells(area) * (1 + merged.length));
    for (const key of keysIn(area)) {
      const cover = merged.find((merge) => contains(merge, key));
      const anchor = cover && cellKey(cover.firstRow, cover.firstColumn);
      if (anchor !== undefined && anchor !== key && !single) continue;
      const place = anchor ?? key;
      if (link.text === '' || sheet.cells.has(place)) continue;
      spendCell(budget, bounds);
      sheet.cells.set(place, link.text);
    }
  }
}
