import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closedRecord } from '../../activities/accumulate';
import { emptyMomentum, type MomentumRecord } from '../../records/momentum';
import type { Edit, Patch } from '../../records/patch';
import type { JudgedPatch } from '../../records/stages';
import { applyEdits } from '../../skill/edits';
import { openStore, type ArtifactStore } from '../../store/artifact-store';
import { apply, diagnosis, update } from '../momentum/updates';
import { sample, skillFiles } from '../skill/skill-files';

const folder = mkdtempSync(join(tmpdir(), 'skillgrad-record-'));
let store: ArtifactStore;
beforeAll(async () => (store = await openStore(folder)));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rename: Edit = {
  op: 'replace-section',
  anchor: 'common-pitfalls',
  text: '## Traps\n\n* dates may be text\n* headers may be low\n  and long\n\nClosing words.',
  pattern: 'dates',
  diagnoses: ['d1'],
};
const verdict = { policy: 'race', tasks: 8, candidateSolved: 6, currentSolved: 4, wins: 2, losses: 0, reason: '' };

/** The record that the step after a patch begins with, when the patch renames the section of the only pattern. */
async function closed(
  judged: Pick<JudgedPatch, 'accepted' | 'verdict'> & Partial<JudgedPatch>,
  edit: Edit = rename,
): Promise<MomentumRecord> {
  const seen = apply(emptyMomentum, update({ d1: 'dates' }, ['dates']), [diagnosis('d1')], 1).record;
  const before = skillFiles({ 'SKILL.md': sample });
  const { files, applied } = await applyEdits(before, [edit]);
  const patch: Patch = {
    ...{ step: 1, base: await store.putTree(before), candidate: await store.putTree(files), applied },
    ...{ rationale: '', refused: [], flags: [], noPatchReason: null },
  };
  return closedRecord(store, {
    momentum: await store.putJson(seen),
    previous: { step: 1, provisional: false, patch: await store.putJson(patch), ...judged },
  });
}

it('enters an accepted patch with its verdict, and the place of a pattern follows the new version', async () => {
  const { patterns } = await closed({ accepted: true, verdict: { ...verdict, accepted: true } });
  expect(patterns[0]).toMatchObject({
    anchor: 'traps',
    remedies: [{ step: 1, structural: true, gate: { accepted: true, candidateSolved: 6, currentSolved: 4, tasks: 8 } }],
  });
});

it('enters a refused patch too, and leaves the place as the current version has it', async () => {
  const { patterns } = await closed({ accepted: false, verdict: { ...verdict, accepted: false } });
  expect(patterns[0]).toMatchObject({ anchor: 'common-pitfalls', remedies: [{ gate: { accepted: false } }] });
});

it('enters a patch that went in without a gate as such', async () => {
  const { patterns } = await closed({ accepted: true, verdict: null });
  expect(patterns[0]).toMatchObject({ anchor: 'traps', remedies: [{ gate: { accepted: true, tasks: 0 } }] });
});

it('enters a patch that came before the record in the pattern that its diagnoses have become', async () => {
  const judged = { accepted: true, verdict: { ...verdict, accepted: true } };
  const edit = { ...rename, pattern: 'dates-stored-as-text' };
  const { patterns } = await closed({ ...judged, provisional: true }, edit);
  expect(patterns).toMatchObject([{ id: 'dates', anchor: 'traps', remedies: [{ step: 1, gate: { accepted: true } }] }]);
  expect((await closed(judged, edit)).patterns[0]?.remedies).toEqual([]);
});
