import { strToU8 } from 'fflate';
import type { ScorerPool } from '../../../benchmarks/benchmark';
import { openBenchmark } from '../../../benchmarks/open-benchmark';
import { readWorkbook } from '../../../benchmarks/spreadsheetbench/workbook/read-workbook';
import { oneSheet, packageParts } from './build-package';
import { entries, packed, rawZip } from './raw-zip';

const row = '<row r="1"><c r="A1"><v>1</v></c></row>';
const goldenBytes = packed(oneSheet(row));

let pool: ScorerPool;
beforeAll(() => (pool = openBenchmark('spreadsheetbench').createScorerPool({ threads: 1 })));
afterAll(() => pool.close());

const score = (outputBytes: Uint8Array, position = 'A1') =>
  pool.score({ goldenBytes, outputBytes, answer: { answer_position: position }, protocol: 'official' });

describe('a file that only looks dangerous', () => {
  it('is scored when entries are named to climb out of the folder', async () => {
    const climbing = ['../../../../tmp/evil.txt', '/etc/cron.d/evil', '..\\..\\evil.txt', 'C:\\evil.txt'];
    const more = climbing.map((name) => ({ name, data: strToU8('evil') }));
    expect(await score(rawZip([...entries(oneSheet(row)), ...more]))).toMatchObject({ solved: true, status: 'scored' });
  });

  it('is scored at once when it declares the whole sheet as its dimension', async () => {
    const content = `<dimension ref="A1:XFD1048576"/><sheetData>${row}</sheetData>`;
    expect(await score(packed(packageParts([{ name: 'Sheet1', content }])))).toMatchObject({ solved: true });
  });

  it('is scored at once when its one cell stands in the far corner and the whole sheet is compared', async () => {
    const far = '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>';
    const started = Date.now();
    const result = await score(packed(oneSheet(row + far)), 'A1:XFD1048576');
    expect(Date.now() - started).toBeLessThan(5000);
    expect(result).toMatchObject({ solved: false, matched: 16_384 * 1_048_576 - 1, total: 16_384 * 1_048_576 });
    expect(result.mismatches).toEqual([{ cell: 'Sheet1!XFD1048576', expected: 'empty', got: 'number 2' }]);
  });

  it('is scored soon when its number formats are nothing but brackets', async () => {
    const ids = Array.from({ length: 20_000 }, (_, at) => at + 200);
    const formats = ids.map((id) => `<numFmt numFmtId="${id}" formatCode="${'['.repeat(900)}${id * 7919}"/>`);
    const cellStyles = ids.map((id) => `<xf numFmtId="${id}"/>`);
    const styles = `<numFmts>${formats.join('')}</numFmts><cellXfs>${cellStyles.join('')}</cellXfs>`;
    const outputBytes = packed(oneSheet(row, { styles }));
    const started = Date.now();
    expect(await score(outputBytes)).toMatchObject({ solved: true });
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  it('never gives more than 20 mismatches, nor a text longer than 201 characters', async () => {
    const long = `<c t="inlineStr"><is><t>${'x'.repeat(10_000)}</t></is></c>`;
    const { mismatches } = await score(packed(oneSheet(`<row>${long.repeat(30)}</row>`)), 'A1:AD1');
    expect(mismatches).toHaveLength(20);
    expect(mismatches.every(({ got }) => got.length < 210)).toBe(true);
  });
});

describe('a file as large as real ones', () => {
  it('is read: 215,000 cells on 13 sheets, 10 MB inflated, 37:1', () => {
    const cells = 16_539;
    const rows = Array.from({ length: cells / 9 }, (_, at) => {
      const numbers = Array.from(
        { length: 9 },
        (_, column) => `<c r="${'ABCDEFGHI'[column]}${at + 1}" s="0"><v>4</v></c>`,
      );
      return `<row r="${at + 1}" spans="1:9">${numbers.join('')}</row>`;
    });
    const content = `<sheetData>${rows.join('')}</sheetData>`;
    const sheets = Array.from({ length: 13 }, (_, at) => ({ name: `Sheet${at + 1}`, content }));
    const bytes = packed(packageParts(sheets));
    const inflated = 13 * content.length;
    expect(inflated).toBeGreaterThan(6_000_000);
    const workbook = readWorkbook(bytes);
    expect(workbook.sheets).toHaveLength(13);
    expect(workbook.sheets.reduce((sum, { cells: map }) => sum + map.size, 0)).toBeGreaterThanOrEqual(214_000);
  });

  it('is read when one part of 9 MB inflates 37:1 and more', () => {
    const strings = Array.from({ length: 90_000 }, (_, at) => `<si><t>${`${at} `.padEnd(80, 'ab')}</t></si>`).join('');
    const bytes = packed(oneSheet(row, { sharedStrings: strings }));
    expect(strings.length / bytes.length).toBeGreaterThan(15);
    expect(readWorkbook(bytes).sheets).toHaveLength(1);
  });
});
