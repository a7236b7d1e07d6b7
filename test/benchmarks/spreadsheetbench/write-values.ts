import { cellKey, columnName, keyColumn, keyRow } from '../../../benchmarks/spreadsheetbench/workbook/cell-address';
import type { CellValue, Sheet, Workbook } from '../../../benchmarks/spreadsheetbench/workbook/cell-value';
import { escapeXml, packageParts, zipped } from './build-package';

const dayMs = 86_400_000;
/** Cell styles of the file that is written, by index: plain, date-time, time of day, duration. */
const styles =
  '<numFmts><numFmt numFmtId="164" formatCode="yyyy-mm-dd hh:mm:ss"/><numFmt numFmtId="165" formatCode="[h]:mm:ss"/>' +
  '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="20"/><xf numFmtId="165"/></cellXfs>';

/** Serials below 60 are read a day later, since Excel believes in 29 February 1900. */
function serialOf(ms: number): number {
  const serial = ms / dayMs;
  return serial > 1 && serial <= 60 ? serial - 1 : serial;
}

function cellXml(place: string, value: CellValue): string {
  if (typeof value === 'number') return `<c r="${place}"><v>${value}</v></c>`;
  if (typeof value === 'boolean') return `<c r="${place}" t="b"><v>${value ? 1 : 0}</v></c>`;
  if (typeof value === 'string') {
    return `<c r="${place}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(value)}</t></is></c>`;
  }
  switch (value.kind) {
    case 'error':
      return `<c r="${place}" t="e"><v>${escapeXml(value.code)}</v></c>`;
    case 'datetime':
      return `<c r="${place}" s="1"><v>${serialOf(value.ms)}</v></c>`;
    case 'date':
      return `<c r="${place}" t="d"><v>${new Date(Date.UTC(1899, 11, 30) + value.ms).toISOString().slice(0, 10)}</v></c>`;
    case 'time':
      return `<c r="${place}" s="2"><v>${value.ms / dayMs}</v></c>`;
    case 'duration':
      return `<c r="${place}" s="3"><v>${value.ms / dayMs}</v></c>`;
  }
}

function sheetXml(sheet: Sheet): string {
  const rows = new Map<number, string[]>();
  const add = (key: number, xml: (place: string) => string): void => {
    const row = keyRow(key);
    rows.set(row, [...(rows.get(row) ?? []), xml(`${columnName(keyColumn(key))}${row}`)]);
  };
  for (const [key, value] of sheet.cells) add(key, (place) => cellXml(place, value));
  for (const [key, formula] of sheet.uncalculated) {
    add(key, (place) => `<c r="${place}"><f>${escapeXml(formula)}</f></c>`);
  }
  // An empty cell in the far corner keeps the extent of what was stored.
  const corner = cellKey(sheet.rows, sheet.columns);
  if (sheet.rows > 0 && !sheet.cells.has(corner)) add(corner, (place) => `<c r="${place}"/>`);
  const inOrder = [...rows].sort(([a], [b]) => a - b);
  return `<sheetData>${inOrder.map(([row, cells]) => `<row r="${row}">${cells.join('')}</row>`).join('')}</sheetData>`;
}

/** Writes values, and formulas that nobody has calculated, as an .xlsx file. */
export function writeValues(workbook: Workbook): Uint8Array {
  const sheets = workbook.sheets.map((sheet) => ({
    name: sheet.name,
    kind: sheet.kind,
    content: sheet.kind === 'worksheet' ? sheetXml(sheet) : '',
  }));
  return zipped(packageParts(sheets, { styles }), 1);
}
