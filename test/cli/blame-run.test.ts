import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blameRun } from '../../cli/runs/blame-run';
import type { Lineage } from '../../cli/runs/lineage';
import { emptyMomentum } from '../../records/momentum';
import type { Edit, Patch } from '../../records/patch';
import type { RunPlan } from '../../records/plan';
import { applyEdits } from '../../skill/edits';
import { openStore, type ArtifactStore } from '../../store/artifact-store';
import { apply, diagnosis, update } from '../momentum/updates';
import { sample, skillFiles } from '../skill/skill-files';

const folder = mkdtempSync(join(tmpdir(), 'skillgrad-blame-'));
let store: ArtifactStore;
beforeAll(async () => (store = await openStore(folder)));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function journal(run: string, stage: string, result: object): Promise<void> {
  await store.createNamed(`journal/${run}/${stage}-0/ending`, { claim: 1, result });
}

/** The diagnoses that a line is led to, whose edit went in at step 3, a slow update after two steps of one task each. */
async function ledTo(run: string, diagnoses: string[]): Promise<string[]> {
  const seed = skillFiles({ 'SKILL.md': sample });
  let record = emptyMomentum;
  for (const step of [1, 2]) {
    const seen = { ...diagnosis('d1'), taskId: `task of step ${step}` };
    await journal(run, `diagnose-s${step}-d1`, { diagnosis: await store.putJson(seen) });
    record = apply(record, update({ d1: 'dates' }, step === 1 ? ['dates'] : []), [seen], step).record;
    await journal(run, `accumulate-s${step}`, { momentum: await store.putJson(record) });
  }
  const text = 'parse dates before they are compared';
  const edit: Edit = { op: 'insert-item', section: 'planning', text, pattern: 'dates', diagnoses };
  const { files, applied } = await applyEdits(seed, [edit]);
  const [base, candidate] = [await store.putTree(seed), await store.putTree(files)];
  const patch: Patch = {
    ...{ step: 3, base, candidate, applied },
    ...{ rationale: '', refused: [], flags: [], noPatchReason: null },
  };
  const lineage: Lineage = {
    ...{
      finished: true,
      plan: { seedSkill: base, reuses: [] as string[] } as RunPlan,
      skill: candidate,
      momentum: null,
      note: null,
    },
    steps: [{ patch: await store.putJson(patch), accepted: true, verdict: null, skill: candidate }],
  };
  const { edits } = await blameRun(run, lineage, store);
  expect(edits).toMatchObject([{ step: 3, edit: 0, pattern: { id: 'dates', summary: 'about dates' } }]);
  return (edits[0]?.diagnoses ?? []).map(({ sighting, taskId }) => `${sighting}: ${taskId}`);
}

it('leads the edit of a slow update to the diagnosis that it cites, of the last batch before it', async () => {
  expect(await ledTo('cites', ['d1'])).toEqual(['2/d1: task of step 2']);
});

it('leads an edit that cites nothing which is there to the diagnoses behind its pattern', async () => {
  const all = ['1/d1: task of step 1', '2/d1: task of step 2'];
  expect(await ledTo('cites-none', [])).toEqual(all);
  expect(await ledTo('cites-another', ['d9'])).toEqual(all);
});
