import { temporal } from '@temporalio/proto';
import { RunPlan } from '../../records/plan';
import { MomentumRecord } from '../../records/momentum';
import { storedHistories } from '../../store/histories';
import { connectClient } from '../../workers/connection';
import { ensureSearchAttributes, searchAttributes } from '../../workers/server-setup';
import { until } from '../cli/command-line';
import { accountCalls } from './call-accounts';
import { deploy, type Deployment } from './deployment';
import { historiesOf } from './histories';

jest.setTimeout(300_000);

const keyword = temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;

let deployment: Deployment;
beforeAll(async () => {
  deployment = await deploy();
  await deployment.startWorker();
  await deployment.startRun('light');
});
afterAll(() => deployment.stop());

it('runs all stages on real workbooks and delivers a skill that is measured on held-out tasks', async () => {
  const { store } = deployment;
  const result = await deployment.result('light');
  const plan = await store.getJson(RunPlan, result.plan);
  expect(result.heldOut.before.tasks).toBe(4);
  expect(result.heldOut.after.tasks).toBe(4);
  expect(result.steps.map(({ step }) => step)).toEqual([1, 2]);
  expect(result.steps.some(({ verdict }) => verdict !== null)).toBe(true);
  expect(result.seedSkill).toBe(plan.seedSkill);
  const momentum = await store.getJson(MomentumRecord, result.momentum ?? '');
  expect(momentum.patterns.length).toBeGreaterThan(0);
  expect(accountCalls(deployment, 'light')).toMatchObject({ repeated: [], lost: [] });
  expect(result.spending.calls).toBe(accountCalls(deployment, 'light').completed);
});

it('names its activities after the stages and keeps every history event under 20 kB', async () => {
  const histories = await historiesOf(deployment, 'light');
  const types = new Set(histories.flatMap(({ activityTypes }) => activityTypes));
  expect([...types].sort()).toEqual(['accumulate', 'deliver', 'diagnose', 'execute', 'patch', 'prepare', 'score']);
  for (const { largestEventBytes } of histories) expect(largestEventBytes).toBeLessThan(20_000);
  const named = histories.flatMap(({ summaries }) => summaries);
  expect(named.filter((summary) => summary.startsWith('epoch 1, step 1'))).not.toHaveLength(0);
});

it('lets an auditor find the run by its search attributes and read its state in the details', async () => {
  const { client } = deployment;
  const found: string[] = [];
  const query = `WorkflowType = "optimize" AND SkillGradStage = "ended" AND SkillGradPaused = "no"`;
  for await (const { workflowId } of client.workflow.list({ query })) found.push(workflowId);
  expect(found).toEqual(['light']);
});

it("finds a run's children by its skill, and tells verdict and cost of each attempt in the summaries", async () => {
  const { client } = deployment;
  const children: string[] = [];
  const query = `SkillGradSkill = "weak-spreadsheet-skill" AND SkillGradStage = "held-out" AND SkillGradCostUsd > 0 AND SkillGradAccuracy >= 0`;
  for await (const { workflowId } of client.workflow.list({ query })) children.push(workflowId);
  expect(children).toContain('light/held-out');
  const histories = await historiesOf(deployment, 'light');
  const told = histories.flatMap(({ summaries }) => summaries).filter((summary) => / USD$/.test(summary));
  expect(told[0]).toMatch(
    /task \S+, (no skill|skill \w{8}), sample \d+: \w[\w-]* after \d+ turns, \d+ calls, \d+ tokens, [\d.]+ USD/,
  );
});

it('goes on without search attributes on a server that has none, and says so', async () => {
  const { connection } = await connectClient(deployment.server);
  const namespace = 'default';
  const registered = Object.keys(searchAttributes);
  await connection.operatorService.removeSearchAttributes({ namespace, searchAttributes: registered });
  // A name that is taken by another type can't be registered: what a server that refuses comes to.
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: { SkillGradEpoch: keyword } });
  const { available, warnings: refused } = await ensureSearchAttributes(connection, namespace);
  await connection.close();
  expect(available).toBe(false);
  expect(refused.join()).toMatch(/another type: SkillGradEpoch \(expected Int\)/);

  await deployment.startRun('unsearchable', { method: 'seed-skill' }, { searchable: available });
  const { warnings, heldOut } = await deployment.result('unsearchable');
  expect(heldOut.after.tasks).toBe(4);
  expect(warnings.join('\n')).toMatch(/no search attributes of SkillGrad: the run goes on without them/);
  const { typedSearchAttributes } = await deployment.client.workflow.getHandle('unsearchable').describe();
  expect(typedSearchAttributes.getAll().filter(({ key }) => key.name.startsWith('SkillGrad'))).toEqual([]);
});

it('keeps the history of each closed workflow in the store, and verifies it by replay', async () => {
  const { store } = deployment;
  const expected = ['light', 'light/base', 'light/epoch-1', 'light/epoch-1/gate-1', 'light/held-out'];
  await until('the histories are verified', async () => {
    const verified = (await storedHistories(store, 'light')).filter(({ verification }) => verification !== null);
    return expected.every((id) => verified.some(({ workflowId }) => workflowId === id));
  });
  for (const { status, history, verification } of await storedHistories(store, 'light')) {
    expect(status).toBe('COMPLETED');
    expect(verification).toMatchObject({ divergence: null });
    const { events } = JSON.parse((await store.getBytes(history)).toString()) as { events: unknown[] };
    expect(events.length).toBeGreaterThan(10);
  }
});
