import { proposePatch } from '../../agents/patcher/patcher';
import { noSpending } from '../../records/usage';
import { recordOf } from '../simulator/requests';
import { sample, skillFiles } from '../skill/skill-files';
import { scriptedLoops } from './scripted-loop';

let loops: Awaited<ReturnType<typeof scriptedLoops>>;
beforeAll(async () => (loops = await scriptedLoops()));
afterAll(() => loops.close());

const input = {
  files: skillFiles({ 'SKILL.md': sample }),
  outline: [],
  record: recordOf([]),
  editBudget: 4,
  rejected: [],
  taskValues: [],
  layers: true,
  consolidates: false,
  guarded: 'flag' as const,
};

it('makes no call and owes none under a grant that is recalled, and says so', async () => {
  const scripted = await loops.loop('patcher', [[]]);
  const loop = { ...scripted.loop, isRecalled: () => Promise.resolve(true) };
  expect(await proposePatch(input, loop)).toMatchObject({ kind: 'allowance', recalled: true, outOfTime: false });
  expect(scripted.calls()).toBe(0);
  expect(loop.journal.spending()).toEqual(noSpending);
});

it('makes no further call once its grant is recalled', async () => {
  const nothing = [{ name: 'submit_patch', arguments: { rationale: 'r', edits: 'none' } }];
  const scripted = await loops.loop('patcher', [nothing]);
  const loop = { ...scripted.loop, isRecalled: () => Promise.resolve(scripted.calls() > 0) };
  expect(await proposePatch(input, loop)).toMatchObject({ kind: 'allowance', recalled: true });
  expect(scripted.calls()).toBe(1);
  expect(loop.journal.spending().calls).toBe(1);
});
