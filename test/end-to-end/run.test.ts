import { RunPlan } from '../../records/plan';
import { MomentumRecord } from '../../records/momentum';
import { ExportedHistory, historyName } from '../../workers/history-exporter';
import { accountCalls } from './call-accounts';
import { deploy, type Deployment } from './deployment';
import { historiesOf } from './histories';

jest.setTimeout(300_000);

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

it('keeps the history of each closed workflow in the store', async () => {
  const { client, store } = deployment;
  const deadline = Date.now() + 30_000;
  for (const workflowId of ['light', 'light/base', 'light/epoch-1', 'light/held-out']) {
    const { runId } = await client.workflow.getHandle(workflowId).describe();
    const name = historyName(workflowId, runId);
    while ((await store.readNamed(ExportedHistory, name)) === null && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const entry = await store.readNamed(ExportedHistory, name);
    expect(entry?.status).toBe('COMPLETED');
    const events = JSON.parse((await store.getBytes(entry?.history ?? '')).toString()) as { events: unknown[] };
    expect(events.events.length).toBeGreaterThan(10);
  }
});
