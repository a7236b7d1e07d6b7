import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { taskValuesOf } from '../../activities/task-values';
import type { Score } from '../../records/score';
import type { Task } from '../../records/task';
import { openStore, type ArtifactStore } from '../../store/artifact-store';

const folder = mkdtempSync(join(tmpdir(), 'skillgrad-values-'));
let store: ArtifactStore;
beforeAll(async () => (store = await openStore(folder)));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const score = (...expected: string[]): Score => ({
  ...{ protocol: 'official', solved: false, matched: 0, total: 9, partial: 0, status: 'scored', detail: '' },
  mismatches: expected.map((value) => ({ cell: 'Sheet1!D4', expected: value, got: 'empty' })),
});

it('gathers values of the prompts, of the scores of a batch, and of the base rollouts, and no general ones', async () => {
  const prompt = 'Sum B2:B40 of input.xlsx into ledger.xlsx.';
  const task: Task = { ...{ id: 't', benchmark: 'custom', prompt, inputs: [] }, outputs: ['input.xlsx'] };
  const ofBatch = await store.putJson(score('number 48213.5', 'empty', 'number 7'));
  const ofBase = await store.putJson(score('text "Northwind Depot"', 'text "Total"'));
  const rollouts = [{ taskId: 't', trajectory: ofBase, score: ofBase, solved: false }];
  const trainingSet = await store.putJson({ previous: null, rollouts });
  const entry = { id: 't', task: await store.putJson(task), golden: ofBase };
  const scores = [ofBatch];
  expect(await taskValuesOf(store, { training: [entry] }, { scores, trainingSet })).toEqual([
    '48,213.5',
    '48213.5',
    'B2:B40',
    'Northwind Depot',
    'ledger.xlsx',
  ]);
});
