import { join } from 'node:path';
import { z } from 'zod';
import { writeRunRecord } from '../../cli/runs/run-record';
import { keptHistories } from '../../cli/runs/kept-histories';
import { RunPlan } from '../../records/plan';
import { commandLine, type CommandLine } from '../cli/command-line';
import { deploy, type Deployment } from './deployment';
import { outcomeOf, type RunOutcome } from './run-outcome';
import { waitForProgress } from './wait-for-progress';

jest.setTimeout(300_000);

const Side = z.object({ finished: z.boolean(), skill: z.string(), spending: z.object({ calls: z.number() }) });
const StepSide = z.object({ scores: z.unknown(), diagnoses: z.unknown(), patterns: z.unknown(), edits: z.unknown() });
const Comparison = z.object({
  recorded: Side,
  replayed: Side,
  steps: z.array(
    z.object({ step: z.number(), same: z.boolean(), recorded: StepSide.nullable(), replayed: StepSide.nullable() }),
  ),
  diff: z.string(),
});

let deployment: Deployment;
let cli: CommandLine;
let recorded: RunOutcome;
const env = { OPENAI_API_KEY: 'none' };

/** Lets the command line know how the run's processes are started, as if it had started them. */
async function know(run: string): Promise<void> {
  const { home, provider, taskQueue, simulator } = deployment;
  await writeRunRecord(home, {
    ...{ run, provider, taskQueue, baseUrl: simulator.url, simulator: null, notify: [], rpm: null, tpm: null },
    ...{ server: { kind: 'embedded' }, startedAt: new Date().toISOString() },
  });
}

/** Journal keys that calls were made for under a run's name. */
function askedFor(run: string): string[] {
  const calls = Object.keys(deployment.simulator.stats().byCall).filter((call) => call.startsWith(`${run}/`));
  return [...new Set(calls.map((call) => call.slice(run.length + 1).split('#')[0] ?? ''))];
}

const compared = async (...args: string[]) => Comparison.parse(await cli.json(['replay', ...args], env));

beforeAll(async () => {
  deployment = await deploy({ latencyMs: 0 });
  cli = commandLine(join(deployment.home.root, '..'), deployment.home);
  await deployment.startWorker();
  await deployment.startRun('origin', { epochs: 2 });
  await know('origin');
  recorded = await outcomeOf(deployment, 'origin');
  // As the server's retention does in the end: what is left of the run is in the store.
  const { client, store } = deployment;
  expect(await keptHistories(client, store, 'origin', 30_000)).toMatchObject({ missing: 0 });
  for await (const { workflowId, runId } of client.workflow.list({ query: 'WorkflowId STARTS_WITH "origin"' })) {
    const workflowExecution = { workflowId, runId };
    await client.workflowService.deleteWorkflowExecution({ namespace: 'default', workflowExecution });
  }
  while ((await client.workflow.count()).count > 0) await new Promise((resolve) => setTimeout(resolve, 100));
});
afterAll(() => deployment.stop());

it('replays an epoch that the server has deleted for no call and with the same decisions', async () => {
  const { recorded: before, replayed, steps, diff } = await compared('origin', '--epoch', '1');
  expect(steps.map(({ step, same }) => [step, same])).toEqual([
    [1, true],
    [2, true],
  ]);
  expect([before.finished, replayed.finished, replayed.skill, diff]).toEqual([true, true, before.skill, '']);
  expect(before.spending.calls).toBeGreaterThan(0);
  expect(replayed.spending.calls).toBe(0);
  expect(askedFor('origin-replay-1')).toEqual([]);
  const origin = { kind: 'replay', run: 'origin', epoch: 1 };
  expect(await cli.json(['list'])).toMatchObject([{ run: 'origin-replay-1', phase: 'ended', origin }]);
  expect((await cli.run(['status', 'origin-replay-1'])).stdout).toContain('replay of epoch 1 of origin');
});

it('runs only what comes from the stage on with another model, and shows both side by side', async () => {
  const args = ['origin', '--epoch', '1', '--from', 'patch', '--model', 'patcher=another', '--budget-calls', '500'];
  const { steps } = await compared(...args);
  const [first] = steps;
  expect(first?.replayed?.scores).toEqual(first?.recorded?.scores);
  expect(first?.replayed?.diagnoses).toEqual(first?.recorded?.diagnoses);
  expect(first?.replayed?.patterns).toEqual(first?.recorded?.patterns);
  const asked = askedFor('origin-replay-2');
  expect(asked.filter((key) => key.startsWith('patch-s1-'))).toHaveLength(1);
  expect(asked.filter((key) => /^(diagnose|accumulate)-s1-/.test(key))).toEqual([]);
  const shown = (await cli.run(['replay', 'origin-replay-2'], env)).stdout;
  expect(shown).toMatch(/Step 1[^]*Scores[^]*Diagnoses[^]*Patterns[^]*Edits[^]*Gate[^]*Spent/);
  const early = await cli.run(['replay', ...args.slice(0, 5), '--model', 'executor=another'], env);
  expect([early.code, early.stderr]).toEqual([2, expect.stringMatching(/executor=another.*before the stage patch/)]);
  const none = await cli.run(['replay', 'origin', '--epoch', '9'], env);
  expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/--epoch 9: .*epochs 1, 2/)]);
});

it('forks a run that ends as its origin for no call, and differs from there on under another seed', async () => {
  const fork = async (name: string, ...more: string[]) =>
    cli.run(['fork', 'origin', '--epoch', '2', '--name', name, '--budget-calls', '2000', ...more], env);
  const less = await fork('less', '--epochs', '1');
  expect([less.code, less.stderr]).toEqual([2, expect.stringMatching(/--epochs 1: .*epoch 2\. Give 2 or more/)]);
  expect(await fork('same')).toMatchObject({ code: 0 });
  expect(await outcomeOf(deployment, 'same')).toEqual(recorded);
  expect(askedFor('same')).toEqual([]);
  expect(await fork('other', '--seed', '5')).toMatchObject({ code: 0 });
  const other = await deployment.result('other');
  const plan = await deployment.store.getJson(RunPlan, other.plan);
  expect(plan).toMatchObject({ run: 'other', origin: { kind: 'fork', run: 'origin', epoch: 2 }, reuses: ['origin'] });
  const ofFirst = recorded.steps.filter(({ epoch }) => epoch === 1);
  expect(other.steps.slice(0, ofFirst.length)).toEqual(ofFirst);
  expect(other.heldOut.after.tasks).toBe(4);
  expect(askedFor('other').length).toBeGreaterThan(0);
});

it('replays an epoch that was terminated to its end, and pays again for nothing that was done', async () => {
  const { client, simulator } = deployment;
  // Slow, so that the gate can be met.
  simulator.setFaults([{ kind: 'slow-stream', rate: 1, role: 'executor', slowMs: 500 }]);
  await deployment.startRun('failed');
  await know('failed');
  await waitForProgress(deployment, 'failed', ({ stage }) => stage === 'gate');
  simulator.setFaults([]);
  await client.workflow.getHandle('failed/epoch-1').terminate('it must be tried again');
  await expect(deployment.result('failed')).rejects.toThrow();
  const { recorded: before, replayed, steps } = await compared('failed', '--epoch', '1');
  expect([before.finished, replayed.finished]).toEqual([false, true]);
  expect(steps.map(({ step }) => step)).toEqual([1, 2]);
  expect(steps[0]?.replayed?.diagnoses).toEqual(steps[0]?.recorded?.diagnoses);
  expect(askedFor('failed-replay-1').filter((key) => /-s1-/.test(key))).toEqual([]);
});
