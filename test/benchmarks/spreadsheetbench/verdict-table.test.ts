import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compareWorkbooks } from '../../../benchmarks/spreadsheetbench/comparison/compare-workbooks';
import type { Workbook } from '../../../benchmarks/spreadsheetbench/workbook/cell-value';
import { readWorkbook } from '../../../benchmarks/spreadsheetbench/workbook/read-workbook';
import { VerdictRow, applyMutation } from './verdict-mutations';

const repository = join(__dirname, '../../..');
const sharedData = join(repository, '../shared/data');
const fixtures = join(repository, 'test/benchmarks/fixtures');

function rowsOf(file: string): VerdictRow[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines.filter((line) => line !== '').map((line) => VerdictRow.parse(JSON.parse(line)));
}

function readTaskFile(root: string, taskId: string, which: 'golden' | 'init'): Workbook {
  const folder = join(root, 'spreadsheet', taskId);
  const pattern = which === 'golden' ? /(^|_)golden\.xlsx$/ : /_init\.xlsx$|^initial\.xlsx$/;
  const name = readdirSync(folder).find((file) => pattern.test(file));
  return readWorkbook(readFileSync(join(folder, name ?? '')));
}

function candidateOf(root: string, row: VerdictRow): Workbook {
  const candidate = readTaskFile(root, row.task_id, row.candidate === 'init' ? 'init' : 'golden');
  if (row.mutation) applyMutation(candidate, row.mutation);
  return candidate;
}

/** Disagreements with the table, as text; none is the goal. */
function disagreements(root: string, row: VerdictRow): string[] {
  const golden = readTaskFile(root, row.task_id, 'golden');
  const candidate = candidateOf(root, row);
  const official = compareWorkbooks(golden, candidate, row.answer_position, 'official');
  const reference = compareWorkbooks(golden, candidate, row.answer_position, 'reference');
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

describe('the verdict table', () => {
  const shipped = rowsOf(join(fixtures, 'verdicts.jsonl'));
  const all = rowsOf(join(sharedData, 'spreadsheetbench_verdicts.jsonl'));

  it('agrees with every shipped row under both protocols', () => {
    expect(shipped.length).toBeGreaterThan(100);
    expect(shipped.flatMap((row) => disagreements(fixtures, row))).toEqual([]);
  });

  (all.length > 0 ? it : it.skip)('agrees with every one of the 598 rows where the full table is at hand', () => {
    expect(all).toHaveLength(598);
    expect(all.flatMap((row) => disagreements(join(sharedData, 'spreadsheetbench_verified'), row))).toEqual([]);
  });
});
