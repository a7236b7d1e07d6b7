import { join } from 'node:path';
import type { RunPlan } from '../../records/plan';
import { outcomesIn, type Event } from '../../cli/runs/history-events';
import { recordedEpoch } from '../../cli/runs/recorded-epoch';
import { writeRunRecord } from '../../cli/runs/run-record';
import { listProcesses, stopProcess } from '../../workers/processes';
import { commandLine, type CommandLine } from '../cli/command-line';
import { accountCalls } from './call-accounts';
import { deploy, type Deployment } from './deployment';
import { waitForProgress } from './wait-for-progress';

jest.setTimeout(300_000);

const run = 'changed';
const env = { OPENAI_API_KEY: 'sk-test' };
let deployment: Deployment;
let cli: CommandLine;
beforeAll(async () => {
  deployment = await deploy({ latencyMs: 100 });
  cli = commandLine(join(deployment.home.root, '..'), deployment.home);
});
afterAll(async () => {
  for (const { name } of await listProcesses(deployment.home)) {
    if (name.startsWith('worker')) await stopProcess(deployment.home, name);
  }
  await deployment.stop();
});

async function eventsOf(workflowId: string): Promise<Event[]> {
  return (await deployment.client.workflow.getHandle(workflowId).fetchHistory()).events ?? [];
}

/** The most activities of a workflow that were under way at a time. */
async function mostAtATime(workflowId: string): Promise<number> {
  let [now, most] = [0, 0];
  for (const event of await eventsOf(workflowId)) {
    if (event.activityTaskScheduledEventAttributes) most = Math.max(most, (now += 1));
    if (event.activityTaskCompletedEventAttributes) now -= 1;
  }
  return most;
}

/** What the executor was asked of each version in an evaluation: the models, and calls that were paid for. */
async function asked(workflowId: string): Promise<{ skill: string; model: string; calls: number }[]> {
  return outcomesIn(await eventsOf(workflowId)).flatMap(({ kind, input, value }) => {
    if (kind !== 'execute') return [];
    const { skill } = input as { skill: string };
    const { answered, spending } = value as { answered: { asked: string }[]; spending: { calls: number } };
    return [{ skill, model: answered[0]?.asked ?? '', calls: spending.calls }];
  });
}

it('changes settings between steps: the executor by plan and gate, the concurrency at once, the limits by its worker', async () => {
  const { client, home, provider, taskQueue, simulator, store } = deployment;
  await deployment.startRun(run, {
    ...{ epochs: 2, concurrency: 1, gate: { policy: 'strict', maxTasks: 4 }, confirmation: false },
    budget: { costUsd: 100, calls: null, tokens: null, hours: null },
  });
  await writeRunRecord(home, {
    ...{ run, provider, taskQueue, baseUrl: simulator.url, simulator: null, notify: [], rpm: null, tpm: null },
    ...{ server: { kind: 'embedded' }, startedAt: new Date().toISOString() },
  });
  // No worker yet: what is refused is not sent either.
  const raise = await cli.run(['budget', run, '--add-usd', '5']);
  expect([raise.code, raise.stderr]).toEqual([
    1,
    expect.stringMatching(/no worker answers.*Nothing was sent.*skillgrad resume/),
  ]);
  // Watched from the first moment: the command may end when the step is long over.
  const resumed = cli.run(['resume', run], env);
  const handle = client.workflow.getHandle(run);
  await waitForProgress(
    deployment,
    run,
    ({ epoch, step, stage, tasks }) => epoch === 1 && step === 1 && stage !== 'gate' && tasks > 0,
  );
  expect(await handle.executeUpdate('pause', { args: [{ by: 'test' }] })).toMatchObject({ caps: { costUsd: 100 } });
  expect((await resumed).code).toBe(0);

  const tell = (change: object) => handle.executeUpdate('set', { args: [{ by: 'kim', change }] });
  const causeOf = (error: { cause?: Error }): string => error.cause?.message ?? '';
  expect(await tell({ seed: 3 }).catch(causeOf)).toMatch(/^seed can't change under way: .*fork/);
  expect(await tell({ concurrency: 0 }).catch(causeOf)).toMatch(/^concurrency: /);
  expect(await tell({}).catch(causeOf)).toMatch(/^name what to set/);
  expect((await cli.run(['set', run, '--batch-size', '3'])).stderr).toMatch(/--batch-size: it can't change/);
  expect(await cli.run(['set', run, '--model', 'executor=dear'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/no price is known.*--price dear=IN\/OUT/) as string,
  });

  const before = await listProcesses(home);
  const flags = ['--concurrency', '4', '--rpm', '100000', '--note', 'another account'];
  const told = await cli.run(['set', run, ...flags, '--model', 'executor=other', '--price', 'other=1/4'], env);
  expect([told.code, told.stdout]).toEqual([
    0,
    expect.stringMatching(/executor other \(was simulated\), concurrency 4/),
  ]);
  const workers = async () => (await listProcesses(home)).filter(({ name }) => name.startsWith('worker'));
  expect(before).not.toContainEqual((await workers())[0]);
  expect((await cli.run(['status', run])).stdout).toMatch(/Set from the next step on: .*"another account"/);

  // A model without a price that comes past the command line's check: the run says so instead of breaking its cap.
  await tell({ models: { patcher: 'dear' } });
  await handle.executeUpdate('resume', { args: [{ by: 'test' }] });
  const { pause } = await waitForProgress(deployment, run, (progress) => progress.pause?.kind === 'price.unknown');
  expect(pause?.fix).toContain('skillgrad set RUN --price dear=IN/OUT');
  expect((await cli.run(['set', run, '--price', 'dear=1/4'])).code).toBe(0);
  await handle.executeUpdate('resume', { args: [{ by: 'test' }] });

  const { settings, steps, plan } = await deployment.result(run);
  expect(settings.map(({ since, note }) => [since, note])).toEqual([
    [{ stage: 'epochs', epoch: 1, step: 2 }, 'another account'],
    [{ stage: 'epochs', epoch: 1, step: 2 }, undefined],
    [{ stage: 'epochs', epoch: 1, step: 2 }, undefined],
  ]);
  expect(settings[1]).toMatchObject({ by: 'kim', changed: ['model of the patcher dear (was simulated)'] });
  expect((await cli.run(['status', run])).stdout).toMatch(/Settings +from epoch 1, step 2 on: .*set by .*@/);

  // The gate of the first step still asks the model of before, but takes more tasks at a time.
  const [first, second] = await Promise.all([asked(`${run}/epoch-1/gate-1`), asked(`${run}/epoch-1/gate-2`)]);
  expect(new Set(first.map(({ model }) => model))).toEqual(new Set(['simulated']));
  expect(await mostAtATime(`${run}/epoch-1/gate-1`)).toBeGreaterThan(1);
  // The next one measures the current version anew, with the model that its candidate is measured with.
  expect(new Set(second.map(({ model }) => model))).toEqual(new Set(['other']));
  const current = steps[0]?.skill;
  const anew = second.filter(({ skill }) => skill === current);
  expect(anew.length).toBeGreaterThan(0);
  expect(anew.every(({ calls }) => calls > 0)).toBe(true);
  expect(accountCalls(deployment, run).repeated).toEqual([]);

  const audit = (await cli.run(['audit', run])).stdout;
  expect(audit).toMatch(/settings changed by kim \(model of the patcher dear\)/);
  expect(audit).toMatch(/epoch-1 goes on with model of the executor other, concurrency 4, .*\(plan /);

  // Each epoch is replayed and forked by the plan that it began with; the delivery names the last one.
  const planOf = async (epoch: number): Promise<RunPlan> => (await recordedEpoch(client, store, run, epoch)).plan;
  const [ofFirst, ofSecond] = [await planOf(1), await planOf(2)];
  expect([ofFirst.config.models.executor, ofFirst.changedFrom]).toEqual(['simulated', null]);
  expect(ofSecond).toMatchObject({
    changedFrom: expect.any(String) as string,
    config: { concurrency: 4, rpm: 100_000 },
  });
  expect(ofSecond.prices.patcher).toMatchObject({ inputUsd: 1, outputUsd: 4 });
  expect((await recordedEpoch(client, store, run, 2)).input.plan).toBe(plan);
});

it('is stopped between two steps, where it waits for a setting that it cannot take', async () => {
  const { client } = deployment;
  const budget = { costUsd: 100, calls: null, tokens: null, hours: null };
  await deployment.startRun('halted', {
    ...{ gate: { policy: 'none' }, confirmation: false, slowUpdate: true, budget },
    // Its first step is long enough to be met.
    concurrency: 1,
  });
  const handle = client.workflow.getHandle('halted');
  await waitForProgress(deployment, 'halted', ({ step, tasks }) => step === 1 && tasks > 0);
  await handle.executeUpdate('set', { args: [{ by: 'kim', change: { models: { patcher: 'dear' } } }] });
  await waitForProgress(deployment, 'halted', (progress) => progress.pause?.kind === 'price.unknown');
  await handle.executeUpdate('stop', { args: [{ by: 'kim' }] });
  const { steps, settings, note, heldOut } = await deployment.result('halted');
  expect(steps).toHaveLength(1);
  expect(settings.map(({ since }) => since)).toEqual([null]);
  expect(note).toMatch(/stopped early in epoch 1: asked by kim/);
  expect(heldOut.after.tasks).toBe(4);
  const listed = JSON.parse((await cli.run(['list', '--json'])).stdout) as { run: string }[];
  expect(listed.map((one) => one.run)).toEqual(['halted', run]);
});
