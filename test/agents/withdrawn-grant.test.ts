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

const withdrawals = [
  ['run.rewinding', { kind: 'allowance', recalled: true, held: false, outOfTime: false }],
  ['run.paused', { kind: 'allowance', recalled: false, held: true, outOfTime: false }],
] as const;

it.each(withdrawals)(
  'makes no call and owes none under a grant that is withdrawn (%s), and says so',
  async (why, end) => {
    const scripted = await loops.loop('patcher', [[]]);
    const loop = { ...scripted.loop, withdrawal: () => Promise.resolve(why) };
    expect(await proposePatch(input, loop)).toMatchObject(end);
    expect(scripted.calls()).toBe(0);
    expect(loop.journal.spending()).toEqual(noSpending);
  },
);

it.each(withdrawals)('owes nothing for the call that it was about to make (%s)', async (why, end) => {
  const scripted = await loops.loop('patcher', [[]]);
  let looks = 0;
  const loop = { ...scripted.loop, withdrawal: () => Promise.resolve(++looks > 1 ? why : null) };
  expect(await proposePatch(input, loop)).toMatchObject(end);
  expect(scripted.calls()).toBe(0);
  expect(loop.journal.spending()).toEqual(noSpending);
});

it.each(withdrawals)('makes no further call once its grant is withdrawn (%s)', async (why, end) => {
  const nothing = [{ name: 'submit_patch', arguments: { rationale: 'r', edits: 'none' } }];
  const scripted = await loops.loop('patcher', [nothing]);
  const loop = { ...scripted.loop, withdrawal: () => Promise.resolve(scripted.calls() > 0 ? why : null) };
  expect(await proposePatch(input, loop)).toMatchObject(end);
  expect(scripted.calls()).toBe(1);
  expect(loop.journal.spending().calls).toBe(1);
});
