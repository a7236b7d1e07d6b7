import type { WorkflowHandle } from '@temporalio/client';
import { until } from '../cli/command-line';
import { accountCalls } from './call-accounts';
import { reach } from './crash-points';
import { deploy, type Deployment } from './deployment';
import { outcomeOf, type RunOutcome } from './run-outcome';
import { waitForProgress } from './wait-for-progress';

jest.setTimeout(600_000);

let deployment: Deployment;
let undisturbed: RunOutcome;
beforeAll(async () => {
  deployment = await deploy();
  await deployment.startWorker();
  await deployment.startRun('undisturbed');
  undisturbed = await outcomeOf(deployment, 'undisturbed');
});
afterEach(() => deployment.simulator.setFaults([]));
afterAll(() => deployment.stop());

/** Waits until the run is listed as paused for `reason`: its children tell it by signal. */
async function untilPausedFor(handle: WorkflowHandle, reason: string): Promise<void> {
  await until(`the run is listed as paused for ${reason}`, async () => {
    const { typedSearchAttributes } = await handle.describe();
    return typedSearchAttributes.getAll().find(({ key }) => key.name === 'SkillGradPaused')?.value === reason;
  });
}

it('comes to the same end through a storm of refused, failed, cut and malformed answers', async () => {
  deployment.simulator.setFaults([
    { kind: 'rate-limit', rate: 0.05, retryAfterSeconds: 0, arrivals: 1 },
    { kind: 'server-error', rate: 0.05, arrivals: 1 },
    { kind: 'cut-body', rate: 0.04, arrivals: 1 },
    { kind: 'malformed-json', rate: 0.04, arrivals: 1 },
    { kind: 'html-body', rate: 0.03, arrivals: 1 },
    { kind: 'no-choices', rate: 0.03, arrivals: 1 },
    { kind: 'no-finish-reason', rate: 0.03, arrivals: 1 },
    { kind: 'hang', rate: 0.02, arrivals: 1 },
  ]);
  await deployment.startRun('storm', { callTimeoutMs: 2000 });
  expect(await outcomeOf(deployment, 'storm')).toEqual(undisturbed);
  expect(accountCalls(deployment, 'storm').repeated).toEqual([]);
  const { byResult } = deployment.simulator.stats();
  for (const kind of ['rate-limit', 'server-error', 'cut-body']) expect(byResult[kind]).toBeGreaterThan(0);
});

it('pauses with the reason and the fix on a wrong key, an unknown model and no quota, and goes on when told', async () => {
  const handle = deployment.client.workflow.getHandle('paused');
  const reasons = {
    unauthorized: 'model.unauthorized',
    'unknown-model': 'model.unknown-model',
    'no-quota': 'model.quota',
  };
  deployment.simulator.setFaults([{ kind: 'unauthorized', rate: 1, role: 'diagnoser' }]);
  await deployment.startRun('paused');
  for (const [kind, reason] of Object.entries(reasons) as [keyof typeof reasons, string][]) {
    deployment.simulator.setFaults([{ kind, rate: 1, role: 'diagnoser' }]);
    if (kind !== 'unauthorized') await handle.executeUpdate('resume', { args: [{ by: 'test' }] });
    const paused = await waitForProgress(deployment, 'paused', ({ pause }) => pause?.kind === reason);
    expect(paused.pause?.fix).not.toBe('');
    expect(paused.stage).toBe('diagnose');
    await untilPausedFor(handle, reason);
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(currentDetails).toContain(`**Paused** (${reason})`);
    expect(currentDetails).toContain(paused.pause?.fix);
  }

  deployment.simulator.setFaults([]);
  await handle.executeUpdate('resume', { args: [{ by: 'test' }] });
  expect(await outcomeOf(deployment, 'paused')).toEqual(undisturbed);
});

it('pauses when faults go on for too long, and goes on when told', async () => {
  deployment.simulator.setFaults([{ kind: 'server-error', rate: 1, role: 'patcher' }]);
  await deployment.startRun('outage', { pauseAfterMs: 3000 });
  const { pause } = await waitForProgress(deployment, 'outage', (progress) => progress.pause !== null);
  expect(pause?.kind).toBe('model.server-error');
  deployment.simulator.setFaults([]);
  await deployment.client.workflow.getHandle('outage').executeUpdate('resume', { args: [{ by: 'test' }] });
  expect(await outcomeOf(deployment, 'outage')).toEqual(undisturbed);
});

it('makes no call of unknown price under a cap in dollars: it pauses, says what to do, and delivers when told to stop', async () => {
  const budget = { costUsd: 5, calls: null, tokens: null, hours: null };
  await deployment.startRun('unpriced', { prices: {}, budget });
  const { pause } = await waitForProgress(deployment, 'unpriced', (progress) => progress.pause !== null);
  expect(pause).toMatchObject({
    kind: 'budget.spent',
    message: expect.stringMatching(/no price is known/),
    fix: expect.stringMatching(/skillgrad stop RUN.*--price MODEL=IN\/OUT/),
  });
  await deployment.client.workflow.getHandle('unpriced').executeUpdate('stop', { args: [{ by: 'test' }] });
  expect((await deployment.result('unpriced')).spending.calls).toBe(0);
  const called = Object.keys(deployment.simulator.stats().byCall).filter((call) => call.startsWith('unpriced/'));
  expect(called).toEqual([]);
});

it('takes the time in which no worker ran for no outage', async () => {
  const worker = await deployment.startWorker();
  await deployment.startRun('absence', { pauseAfterMs: 3000 });
  await reach(deployment, 'absence', 'mid-turn', 1);
  await worker.kill();
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const failed = (): number => deployment.simulator.stats().byResult['server-error'] ?? 0;
  const before = failed();
  deployment.simulator.setFaults([{ kind: 'server-error', rate: 1, role: 'executor' }]);
  await deployment.startWorker();
  await until('a call has failed', () => failed() > before);
  deployment.simulator.setFaults([]);
  expect(await outcomeOf(deployment, 'absence')).toEqual(undisturbed);
});

it('takes what the model causes for an outcome: tasks stay unsolved and the run ends by itself', async () => {
  deployment.simulator.setFaults([
    { kind: 'length', rate: 0.1, role: 'executor' },
    { kind: 'refusal', rate: 0.1, role: 'executor' },
    { kind: 'content-filter', rate: 0.2, role: 'diagnoser' },
    { kind: 'wrong-schema', rate: 0.3, role: 'accumulator' },
    { kind: 'context-overflow', rate: 0.5, role: 'patcher' },
  ]);
  await deployment.startRun('outcomes');
  const result = await deployment.result('outcomes');
  expect(result.heldOut.after.tasks).toBe(4);
});
