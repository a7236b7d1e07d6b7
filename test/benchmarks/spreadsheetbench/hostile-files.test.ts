import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScorerPool } from '../../../benchmarks/benchmark';
import { openBenchmark } from '../../../benchmarks/open-benchmark';
import type { Score } from '../../../records/score';
import { oneSheet, zipped } from './build-package';
import { damaged } from './damaged-files';
import { oversized } from './oversized-files';

const goldenBytes = zipped(oneSheet('<row><c><v>1</v></c></row>'));
const pair = { goldenBytes, answer: { answer_position: 'A1' }, protocol: 'official' } as const;
const createPool = openBenchmark('spreadsheetbench').createScorerPool;

let pool: ScorerPool;
let folder: string;
beforeAll(() => {
  pool = createPool({ threads: 1 });
  folder = mkdtempSync(join(tmpdir(), 'skillgrad-hostile-'));
});
afterAll(async () => {
  await pool.close();
  rmSync(folder, { recursive: true });
});

/** Resident memory of the whole process at its highest, in megabytes. */
const peakMb = (): number => process.resourceUsage().maxRSS / 1024;

function expectUnreadable(score: Score, says: RegExp): void {
  expect(score).toMatchObject({ status: 'unreadable', solved: false, matched: 0, total: 1, partial: 0 });
  expect(score.detail).toMatch(says);
  expect(score.mismatches).toEqual([
    { cell: 'output workbook', expected: 'a readable .xlsx workbook', got: score.detail },
  ]);
}

describe('a file that', () => {
  it.each([...oversized, ...damaged])('holds $title is unreadable', async ({ bytes, says }) => {
    const outputBytes = bytes();
    const before = peakMb();
    const started = Date.now();
    expectUnreadable(await pool.score({ ...pair, outputBytes }), says);
    expect(Date.now() - started).toBeLessThan(20_000);
    expect(peakMb() - before).toBeLessThan(1100);
    expect((await pool.score({ ...pair, outputBytes: goldenBytes })).solved).toBe(true);
  });

  it('is larger than 32 MB is not even read', async () => {
    const outputPath = join(folder, 'large.xlsx');
    writeFileSync(outputPath, goldenBytes);
    truncateSync(outputPath, 40 * 1024 * 1024);
    expectUnreadable(await pool.score({ ...pair, outputPath }), /has 41943040 bytes; at most 33554432 are read/);
  });
});
