import { spendCell } from './bounds';
import type { CellBudget, WorkbookBounds } from './bounds';
import { cellKey, columnName, columnNumber, maxColumn, maxRow } from './cell-address';
import { parseCell } from './cell-parser';
import type { CellContext } from './cell-parser';
import { emptySheet } from './cell-value';
import type { Sheet } from './cell-value';
import type { PackageArchive } from './package-archive';
import { readRelationships, requireTransitional } from './package-parts';
import { applyRanges } from './range-effects';
import type { SheetLink } from './range-effects';
import { createTextCollector } from './shared-strings';
import { WorkbookError } from './workbook-error';
import { readXml } from './xml-reader';
import type { Attributes } from './xml-reader';

/** Characters of a formula kept to say which one has no value. */
const formulaStart = 120;

interface OpenCell {
  row: number;
  column: number;
  type: string;
  style: number;
  /** null: no `v` element. */
  value: string | null;
  inline: string | null;
  formula: string | null;
}

/**
 * Reads one worksheet part as openpyxl does: rows and cells without a reference follow the one before, the last of
 * several cells at one place wins, merges and links are applied at the end.
 * @throws WorkbookError as readXml and parseCell do, and `bound` for too many cells, merges or links
 */
export function readWorksheet(
  archive: PackageArchive,
  listed: { name: string; part: string },
  context: CellContext,
  budget: CellBudget,
  bounds: WorkbookBounds,
): Sheet {
  const sheet = emptySheet(listed.name, 'worksheet');
  const merges: string[] = [];
  const links: SheetLink[] = [];
  let relationships: ReturnType<typeof readRelationships> | null = null;
  const collector = createTextCollector('is');
  let row = 0;
  let column = 0;
  let cell: OpenCell | null = null;

  const refuse = (what: string) => new WorkbookError('cell', `sheet ${JSON.stringify(listed.name)}: ${what}`);

  const openCell = (attributes: Attributes): OpenCell => {
    spendCell(budget, bounds);
    const place = attributes.r ? addressOf(attributes.r) : { row, column: column + 1 };
    if (!place) throw refuse(`${JSON.stringify(attributes.r?.slice(0, 40))} is no cell reference`);
    if (place.row < 1 || place.row > maxRow || place.column > maxColumn) {
      throw refuse(`row ${place.row} has a cell at column ${place.column}, outside of any sheet`);
    }
    column = place.column;
    const { t: type = 'n', s: style = '0' } = attributes;
    return { ...place, type, style: Number(style), value: null, inline: null, formula: null };
  };

  const storeCell = (open: OpenCell): void => {
    const key = cellKey(open.row, open.column);
    const place = `${listed.name}!${columnName(open.column)}${open.row}`;
    const value = parseCell({ ...open, place, value: open.value ?? '' }, context);
    if (value === null) sheet.cells.delete(key);
    else sheet.cells.set(key, value);
    // An empty `v` of type str is the cached text "" of a formula that has been calculated.
    const calculated = value !== null || (open.type === 'str' && open.value !== null);
    if (open.formula !== null && !calculated) sheet.uncalculated.set(key, open.formula.slice(0, formulaStart));
    sheet.rows = Math.max(sheet.rows, open.row);
    sheet.columns = Math.max(sheet.columns, open.column);
  };

  const linkOf = (attributes: Attributes): SheetLink => {
    const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1];
    relationships ??= readRelationships(archive, listed.part, bounds);
    const target = id ? relationships.get(id)?.target : '';
    if (target === undefined) throw refuse(`a hyperlink has no relationship ${id}`);
    return { ref: attributes.ref ?? '', text: target || (attributes.location ?? '') };
  };

  readXml(archive, listed.part, bounds, {
    root: (_name, namespace) => requireTransitional(listed.part, namespace),
    open(name, attributes, parent) {
      if (name === 'c' && parent === 'row') cell = openCell(attributes);
      else if (name === 'is' && cell) collector.start();
      else if (name === 'row' && parent === 'sheetData') {
        row = attributes.r === undefined ? row + 1 : Number(attributes.r);
        if (!Number.isInteger(row)) throw refuse(`${JSON.stringify(attributes.r)} is no row number`);
        column = 0;
      } else if (name === 'mergeCell') {
        if (merges.length >= bounds.merges) throw new WorkbookError('bound', `more than ${bounds.merges} merges`);
        merges.push(attributes.ref ?? '');
      } else if (name === 'hyperlink' && parent === 'hyperlinks') {
        if (links.length >= bounds.links) throw new WorkbookError('bound', `more than ${bounds.links} links`);
        links.push(linkOf(attributes));
      }
    },
    close(name, text, parent) {
      if (!cell) return;
      if (parent === 'c') {
        if (name === 'v') cell.value ??= text;
        else if (name === 'f') cell.formula ??= text;
        else if (name === 'is') cell.inline ??= collector.text();
      } else if (name === 'c' && parent === 'row') {
        storeCell(cell);
        cell = null;
      } else collector.close(name, text, parent);
    },
  });
  applyRanges(sheet, merges, links, { bounds, budget });
  return sheet;
}

function addressOf(ref: string): { row: number; column: number } | null {
  const match = /^([A-Za-z]{1,3})(\d{1,7})$/.exec(ref);
  const column = columnNumber(match?.[1] ?? '');
  const row = Number(match?.[2]);
  return column === null ? null : { row, column };
}
