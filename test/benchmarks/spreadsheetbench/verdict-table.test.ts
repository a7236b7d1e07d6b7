import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScorerPool } from '../../../benchmarks/benchmark';
import { openBenchmark } from '../../../benchmarks/open-benchmark';
import { readWorkbook } from '../../../benchmarks/spreadsheetbench/workbook/read-workbook';
import type { Score } from '../../../records/score';
import { VerdictRow, applyMutation } from './verdict-mutations';
import { writeValues } from './write-values';

const repository = join(__dirname, '../../..');
const sharedData = join(repository, '../shared/data');
const fixtures = join(repository, 'test/benchmarks/fixtures');
const benchmark = openBenchmark('spreadsheetbench');

let pool: ScorerPool;
beforeAll(() => (pool = benchmark.createScorerPool({ threads: 2 })));
afterAll(() => pool.close());

function rowsOf(file: string): VerdictRow[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines.filter((line) => line !== '').map((line) => VerdictRow.parse(JSON.parse(line)));
}

/** Where the workbooks of a data folder lie, by task. */
async function workbooksOf(dataDir: string): Promise<Map<string, { golden: string; init: string }>> {
  const tasks = await benchmark.load(dataDir);
  return new Map(
    tasks.map(({ id, golden, inputs }) => {
      return [id, { golden: golden.files[0]?.sourcePath ?? '', init: inputs[0]?.sourcePath ?? '' }];
    }),
  );
}

/** What the row's candidate holds, as a file: as it is published, or the golden's values with the row's change. */
function candidateOf(row: VerdictRow, files: { golden: string; init: string }): Uint8Array {
  const published = readFileSync(row.candidate === 'init' ? files.init : files.golden);
  if (row.mutation === undefined) return published;
  const workbook = readWorkbook(published);
  applyMutation(workbook, row.mutation);
  return writeValues(workbook);
}

/** Disagreements of two scores with the table, as text; none is the goal. */
function disagreements(row: VerdictRow, official: Score, reference: Score): string[] {
  const found: string[] = [];
  const say = (what: string) => found.push(`${row.id} ${row.task_id} ${row.candidate}: ${what}`);
  if (official.solved !== row.verdict) say(`official says ${row.verdict}, we say ${official.solved}`);
  const firstCell = /^Value difference at cell ([A-Z]+\d+)/.exec(row.message)?.[1];
  if (firstCell && !official.mismatches[0]?.cell.endsWith(`!${firstCell}`)) say(`first difference is at ${firstCell}`);
  if (reference.solved !== row.reference_verdict) say(`reference says ${row.reference_verdict}`);
  if (reference.matched !== row.reference_match || reference.total !== row.reference_total) {
    say(`reference counts ${row.reference_match}/${row.reference_total}, we ${reference.matched}/${reference.total}`);
  }
  if (row.mutation?.new_type === 'formula_nocache' && official.status !== 'uncalculated') say('not uncalculated');
  return found;
}

async function allDisagreements(dataDir: string, rows: readonly VerdictRow[]): Promise<string[]> {
  const workbooks = await workbooksOf(dataDir);
  const found: string[] = [];
  for (const row of rows) {
    const files = workbooks.get(row.task_id);
    if (files === undefined) throw new Error(`${dataDir} has no task ${row.task_id}`);
    const outputBytes = candidateOf(row, files);
    const answer = { answer_position: row.answer_position };
    const pair = { goldenPath: files.golden, outputBytes, answer };
    const [official, reference] = await Promise.all([
      pool.score({ ...pair, protocol: 'official' }),
      pool.score({ ...pair, protocol: 'reference' }),
    ]);
    found.push(...disagreements(row, official, reference));
  }
  return found;
}

describe('the scorer pool on the verdict table', () => {
  const shipped = rowsOf(join(fixtures, 'verdicts.jsonl'));
  const all = rowsOf(join(sharedData, 'spreadsheetbench_verdicts.jsonl'));

  it('agrees with every shipped row under both protocols', async () => {
    expect(shipped.length).toBeGreaterThan(100);
    expect(await allDisagreements(fixtures, shipped)).toEqual([]);
  }, 300_000);

  const full = 'agrees with every one of the 598 rows under both protocols';
  if (all.length === 0) it.skip(`${full} (skipped: the full table is not beside the repository)`, () => undefined);
  else {
    it(
      full,
      async () => {
        expect(all).toHaveLength(598);
        expect(await allDisagreements(join(sharedData, 'spreadsheetbench_verified'), all)).toEqual([]);
      },
      900_000,
    );
  }
});
