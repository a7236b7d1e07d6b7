import { oneSheet, packageParts } from './build-package';
import { packed, rawZip } from './raw-zip';

/** A file that somebody made to hurt its reader, and what the reader must say about it. */
export interface HostileFile {
  title: string;
  bytes: () => Uint8Array;
  says: RegExp;
}

const row = '<row><c><v>1</v></c></row>';
const MB = 1024 * 1024;

const numbered = (count: number, piece: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => piece(index)).join('');

const noise = (index: number): number => (index * 2_654_435_761) % 4_294_967_296;

/** A comment of that size that deflates about 100:1: less than the bound on the ratio, so that the size shows. */
function filler(bytes: number): string {
  const block = numbered(170, (index) => `${noise(index)}`).padEnd(100_000, ' ');
  return `<!--${block.repeat(Math.ceil(bytes / block.length))}-->`;
}

function laughs(): string {
  const levels = numbered(9, (n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`);
  return `<!DOCTYPE worksheet [<!ENTITY l0 "ha">${levels}]><worksheet><sheetData>&l9;</sheetData></worksheet>`;
}

/** Files beyond a bound; each `says` names it. */
export const oversized: HostileFile[] = [
  {
    title: 'an entry that inflates to 49 MB',
    bytes: () => packed(oneSheet(row + filler(49 * MB))),
    says: /sheet1\.xml inflates to more than 50331648 bytes/,
  },
  {
    title: 'two sheets that inflate to 70 MB together',
    bytes: () => {
      const content = `<sheetData>${row}</sheetData>${filler(35 * MB)}`;
      return packed(packageParts(['One', 'Two'].map((name) => ({ name, content }))));
    },
    says: /the workbook inflates to more than 67108864 bytes/,
  },
  {
    title: 'an entry that inflates 1000:1',
    bytes: () => packed(oneSheet(row + ' '.repeat(30 * MB))),
    says: /sheet1\.xml inflates more than 250:1/,
  },
  {
    title: 'entities that multiply (billion laughs)',
    bytes: () => packed({ ...oneSheet(row), 'xl/worksheets/sheet1.xml': laughs() }),
    says: /sheet1\.xml is not valid: it declares a document type/,
  },
  {
    title: '1,000,001 cells',
    // The comments keep the ratio below its own bound.
    bytes: () =>
      packed(
        oneSheet(
          numbered(1001, (n) => `<row><!--${noise(n)}${noise(n + 7)}${noise(n * 3)}-->${'<c/>'.repeat(1000)}</row>`),
        ),
      ),
    says: /more than 1000000 cells/,
  },
  {
    title: '257 sheets',
    bytes: () =>
      packed(packageParts(Array.from({ length: 257 }, (_, at) => ({ name: `S${at}`, content: '<sheetData/>' })))),
    says: /more than 256 sheets/,
  },
  {
    title: '500,001 shared strings',
    bytes: () => {
      const strings = numbered(5001, (n) => `<!--${noise(n)}-->${'<si/>'.repeat(100)}`);
      return packed(oneSheet(row, { sharedStrings: strings }));
    },
    says: /more than 500000 strings/,
  },
  {
    title: '100,001 cell styles',
    bytes: () =>
      packed(oneSheet(row, { styles: `<cellXfs>${numbered(100_001, (n) => `<xf numFmtId="${n}"/>`)}</cellXfs>` })),
    says: /more than 100000 styles/,
  },
  {
    title: 'a number format of 5,000 characters',
    bytes: () =>
      packed(oneSheet(row, { styles: `<numFmts><numFmt numFmtId="200" formatCode="${'['.repeat(5000)}"/></numFmts>` })),
    says: /number format 200 is longer than 1000/,
  },
  {
    title: 'elements nested 1,000 deep',
    bytes: () => packed(oneSheet('<a>'.repeat(1000))),
    says: /nests elements deeper than 200/,
  },
  {
    title: 'an element with 2,000 attributes',
    bytes: () => packed(oneSheet(`<row ${numbered(2000, (n) => `a${n}="" `)}/>`)),
    says: /an element with more than 1000 attributes/,
  },
  {
    title: '200,001 merged ranges',
    bytes: () => {
      const merges = numbered(200_001, (n) => `<mergeCell ref="A${n + 1}:B${n + 1}"/>`);
      return packed(packageParts([{ name: 'S', content: `<sheetData/><mergeCells>${merges}</mergeCells>` }]));
    },
    says: /more than 200000 merges/,
  },
  {
    title: 'a link on 49 million cells',
    bytes: () => {
      const link = '<hyperlinks><hyperlink ref="A1:XFD3000" location="x"/></hyperlinks>';
      return packed(packageParts([{ name: 'S', content: `<sheetData/>${link}` }]));
    },
    says: /more than 1000000 cells/,
  },
  {
    title: 'a link on the whole sheet',
    bytes: () => {
      const link = '<hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>';
      return packed(packageParts([{ name: 'S', content: `<sheetData/>${link}` }]));
    },
    says: /ranges of sheet "S" cover too many cells/,
  },
  {
    title: '10,001 zip entries',
    bytes: () => rawZip(Array.from({ length: 10_001 }, (_, at) => ({ name: `part${at}`, data: new Uint8Array() }))),
    says: /10001 entries; at most 10000 are read/,
  },
];
