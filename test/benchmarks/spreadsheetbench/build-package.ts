import { strToU8, zipSync } from 'fflate';

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packaged = 'http://schemas.openxmlformats.org/package/2006';
const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** A sheet of a package under construction; `content` is what stands inside the worksheet element. */
export interface SheetPart {
  name: string;
  content: string;
  kind?: 'worksheet' | 'chartsheet';
  /** Target of the sheet's relationship, where it isn't the usual one. */
  target?: string;
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"\r\n\t]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** The parts of an .xlsx package by name, as XML text, ready to be spoiled. */
export function packageParts(sheets: readonly SheetPart[], more: { sharedStrings?: string; styles?: string } = {}) {
  const parts: Record<string, string> = {
    '[Content_Types].xml':
      `<Types xmlns="${packaged}/content-types">` +
      `<Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/>` +
      `<Override PartName="/xl/sharedStrings.xml" ContentType="${types}.sharedStrings+xml"/></Types>`,
    'xl/workbook.xml':
      `<workbook xmlns="${main}" xmlns:r="${office}"><sheets>` +
      sheets
        .map(({ name }, at) => `<sheet name="${escapeXml(name)}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`)
        .join('') +
      `</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels':
      `<Relationships xmlns="${packaged}/relationships">` +
      sheets
        .map(({ kind = 'worksheet', target }, at) => {
          const place = target ?? `worksheets/sheet${at + 1}.xml`;
          return `<Relationship Id="rId${at + 1}" Type="${office}/${kind}" Target="${escapeXml(place)}"/>`;
        })
        .join('') +
      `</Relationships>`,
    'xl/sharedStrings.xml': `<sst xmlns="${main}">${more.sharedStrings ?? ''}</sst>`,
    ...(more.styles === undefined
      ? {}
      : { 'xl/styles.xml': `<styleSheet xmlns="${main}">${more.styles}</styleSheet>` }),
  };
  for (const [at, { content, kind = 'worksheet' }] of sheets.entries()) {
    parts[`xl/worksheets/sheet${at + 1}.xml`] = `<${kind} xmlns="${main}">${content}</${kind}>`;
  }
  return parts;
}

/** Parts as a zip archive. `level` 0 stores them as they are. */
export function zipped(parts: Record<string, string>, level: 0 | 1 | 6 = 6): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, strToU8(text)])), { level });
}

/** A workbook of one sheet `Sheet1` with these rows of XML. */
export function oneSheet(rows: string, more: { sharedStrings?: string; styles?: string } = {}) {
  return packageParts([{ name: 'Sheet1', content: `<sheetData>${rows}</sheetData>` }], more);
}
