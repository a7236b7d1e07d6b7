import { strToU8 } from 'fflate';
import { crc32 } from '../../../benchmarks/spreadsheetbench/workbook/crc32';
import { oneSheet, packageParts } from './build-package';
import type { HostileFile } from './oversized-files';
import { entries, packed, rawZip, type RawEntry } from './raw-zip';

const row = '<row><c><v>1</v></c></row>';
const sheetPart = 'xl/worksheets/sheet1.xml';

/** A small workbook in which the entry of one part is spoiled. */
function spoiled(part: string, spoil: (entry: RawEntry) => Partial<RawEntry>): Uint8Array {
  return rawZip(entries(oneSheet(row)).map((entry) => (entry.name === part ? { ...entry, ...spoil(entry) } : entry)));
}

const withSheet = (xml: string): Uint8Array => packed({ ...oneSheet(row), [sheetPart]: xml });

/** Files that are broken or lie; each `says` names what is wrong. */
export const damaged: HostileFile[] = [
  {
    title: 'an external entity',
    bytes: () => withSheet('<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet>&x;</worksheet>'),
    says: /declares a document type/,
  },
  {
    title: 'an entity that nothing declares',
    bytes: () => packed(oneSheet('<row><c><v>&x;</v></c></row>')),
    says: /not valid: .*entity/,
  },
  { title: 'a truncated archive', bytes: () => packed(oneSheet(row)).subarray(0, 900), says: /is the file truncated/ },
  {
    title: 'a directory that points outside of the file',
    bytes: () => rawZip(entries(oneSheet(row)), { offset: 4_000_000_000 }),
    says: /central directory lies outside the file/,
  },
  {
    title: 'a directory that promises more entries than it has',
    bytes: () => rawZip(entries(oneSheet(row)), { entries: 900 }),
    says: /central directory/,
  },
  {
    title: 'a wrong checksum',
    bytes: () => spoiled(sheetPart, () => ({ crc: 1234 })),
    says: /sheet1\.xml is damaged: its size or checksum/,
  },
  {
    title: 'a size that lies',
    bytes: () => spoiled(sheetPart, () => ({ inflatedBytes: 10 })),
    says: /sheet1\.xml is damaged: its size or checksum/,
  },
  {
    title: 'compressed bytes that are none',
    bytes: () => spoiled(sheetPart, ({ data }) => ({ data: data.map((byte) => byte ^ 0xa5) })),
    says: /sheet1\.xml (can't be inflated|is damaged)|invalid/,
  },
  {
    title: 'two entries on the same bytes',
    bytes: () => {
      const sheets = ['One', 'Two'].map((name) => ({ name, content: `<sheetData>${row}</sheetData>` }));
      const all = entries(packageParts(sheets));
      const first = all.findIndex(({ name }) => name === sheetPart);
      return rawZip(all.map((entry, at) => (at === first + 1 ? { ...entry, sharesBytesOf: first } : entry)));
    },
    says: /overlaps what comes after it/,
  },
  {
    title: 'an entry that reaches over the next one',
    bytes: () => spoiled('xl/workbook.xml', ({ data }) => ({ claimedBytes: data.length + 200 })),
    says: /workbook\.xml overlaps what comes after it/,
  },
  {
    title: 'an encrypted entry',
    bytes: () => spoiled(sheetPart, () => ({ flags: 1 })),
    says: /sheet1\.xml is encrypted/,
  },
  {
    title: 'an unknown compression',
    bytes: () => spoiled(sheetPart, () => ({ method: 99 })),
    says: /compressed by method 99/,
  },
  {
    title: 'an archive inside the archive',
    bytes: () =>
      rawZip(
        entries(oneSheet(row)).map((entry) =>
          entry.name === sheetPart ? { name: sheetPart, data: packed(oneSheet(row)) } : entry,
        ),
      ),
    says: /sheet1\.xml is not valid/,
  },
  {
    title: 'a workbook wrapped in an archive',
    bytes: () => rawZip([{ name: 'inner.xlsx', data: packed(oneSheet(row)) }]),
    says: /without \[Content_Types\]\.xml is no \.xlsx workbook/,
  },
  {
    title: 'a sheet that lies outside of the package',
    bytes: () => packed(packageParts([{ name: 'S', content: '', target: '../../../../../../../../etc/passwd' }])),
    says: /the workbook has no sheets/,
  },
  { title: 'an empty file', bytes: () => new Uint8Array(), says: /not a readable zip archive: only 0 bytes/ },
  { title: 'a text', bytes: () => strToU8('id,amount\n1,2\n'.repeat(20)), says: /no \.xlsx at all/ },
  {
    title: 'the magic of a zip archive and zeros',
    bytes: () => strToU8(`PK\u0003\u0004${'\0'.repeat(200)}`),
    says: /no end of central directory/,
  },
  {
    title: 'bytes that are no UTF-8',
    bytes: () => spoiled(sheetPart, () => stored(Uint8Array.of(0x3c, 0xc3, 0x28))),
    says: /not in the encoding/,
  },
];

function stored(data: Uint8Array): Partial<RawEntry> {
  return { data, method: 0, inflatedBytes: data.length, crc: crc32(0, data) };
}
