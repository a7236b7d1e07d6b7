import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noSpending } from '../../records/usage';
import { isSound, readRows, resultsOf, writeResults, type Row } from './results';
import { differing } from './traces';

const row = (index: number, over: Partial<Row> = {}): Row => ({
  ...{ index, seed: `1/${index}`, benchmark: 'custom', workers: 1, pauses: [], wallMs: 1000 },
  faults: [{ kind: 'kill-all', atCall: 3, struckAtMs: 900 }],
  ...{ ended: 'by itself', problem: null, mismatches: [], completedCalls: 50, repeatedCalls: 0 },
  ...{ lostAnswers: 1, lostAnswersAtMost: 4, spending: noSpending, lostSpending: noSpending, faultsScored: [] },
  ...over,
});

const dir = mkdtempSync(join(tmpdir(), 'skillgrad-chaos-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('adds up what the schedules came to', () => {
  const rows = [
    row(1, { ended: 'no', problem: 'stuck' }),
    row(0, { mismatches: ['finalSkill', 'spending'], repeatedCalls: 2, lostAnswers: 6 }),
    row(2, { faultsScored: ['score of execute-1'], faults: [{ kind: 'hang', atCall: 9, struckAtMs: null }] }),
  ];
  expect(resultsOf(1, 'code', rows)).toMatchObject({
    ...{ seed: 1, schedules: 3, ended: 2, digestMismatches: 1, repeatedCalls: 2, lostAnswers: 8, lostBeyondOne: 2 },
    ...{ faultsScored: 1, completedCalls: 150, struck: { 'kill-all': 2 } },
    rows: [{ index: 0 }, { index: 1 }, { index: 2 }],
  });
});

it.each<[string, Partial<Row>]>([
  ['that has not ended', { ended: 'no' }],
  ['that paused for nothing', { problem: 'paused for internal.unforeseen' }],
  ['with another outcome', { mismatches: ['momentum'] }],
  ['that paid twice', { repeatedCalls: 1 }],
  ['that lost more answers than its faults explain', { lostAnswers: 5 }],
  ['in which a fault was scored', { faultsScored: ['execute-1'] }],
])('finds a row %s not sound', (_what, over) => {
  expect(isSound(row(0))).toBe(true);
  expect(isSound(row(0, over))).toBe(false);
});

it('finds rollouts, scores and diagnoses that differ or that only one run has', () => {
  const traces = new Map([
    ['execute-1', 'a'],
    ['score of execute-1', 'solved'],
  ]);
  expect(differing(traces, new Map(traces))).toEqual([]);
  expect(differing(traces, new Map([...traces, ['score of execute-1', 'unsolved']]))).toEqual([
    'score of execute-1: undisturbed …solved…, disturbed …unsolved…',
  ]);
  expect(differing(traces, new Map([...traces, ['diagnose-s1-d1', 'of a fault']]))).toEqual([
    'diagnose-s1-d1: undisturbed …none…, disturbed …of a fault…',
  ]);
});

it('takes up its own file, and refuses that of another seed, of other code, and what is none', async () => {
  const file = join(dir, 'chaos.json');
  expect(await readRows(file, 1, 'code')).toEqual([]);
  await writeResults(file, resultsOf(1, 'code', [row(0)]));
  expect(await readRows(file, 1, 'code')).toEqual([row(0)]);
  expect(readdirSync(dir)).toEqual(['chaos.json']);
  await expect(readRows(file, 2, 'code')).rejects.toThrow(/chaos\.json has schedules of seed 1, not 2; name another/);
  await expect(readRows(file, 1, 'newer')).rejects.toThrow(/was made by other code \(code, this is newer\)/);
  writeFileSync(file, '{"rows":');
  await expect(readRows(file, 1, 'code')).rejects.toThrow(/is no result of the chaos test; name another --json/);
});
