import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as later } from 'node:timers/promises';
import { CancelledRun } from '../../records/progress';
import { until } from '../cli/command-line';
import { accountCalls, journaledTurns } from './call-accounts';
import { reach } from './crash-points';
import { deploy, type Deployment } from './deployment';
import { outcomeOf } from './run-outcome';
import { waitForProgress } from './wait-for-progress';

jest.setTimeout(300_000);

const cli = join(__dirname, '..', '..', 'cli', 'skillgrad.cjs');

let deployment: Deployment;
let temporary: string;
beforeAll(async () => {
  deployment = await deploy({ latencyMs: 60 });
  temporary = join(deployment.home.root, 'tmp');
  mkdirSync(temporary);
  // Four places, which four rollouts take.
  await deployment.startWorker('worker', { TMPDIR: temporary, SKILLGRAD_CONCURRENCY: '4' });
});
afterAll(() => deployment.stop());

/** The command line on the deployment; the exit code is not looked at. */
async function skillgrad(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const env = { ...process.env, NO_COLOR: '1', SKILLGRAD_HOME: deployment.home.root };
  const all = [cli, ...args, '--address', deployment.server.address];
  return promisify(execFile)(process.execPath, all, { env }).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
}

const callsOf = (run: string) =>
  Object.values(deployment.simulator.stats().byCall)
    .flat()
    .filter(({ call }) => call.startsWith(`${run}/`));
const arrivals = (run: string): number => callsOf(run).length;
const underWay = (run: string): number => callsOf(run).filter(({ result }) => result === 'open').length;

async function statusOf(query: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { workflowId, status } of deployment.client.workflow.list({ query }))
    found[workflowId] = status.name;
  return found;
}

it('pauses a run between the calls of its rollouts, twice, and comes to the end of an undisturbed one', async () => {
  const config = { method: 'seed-skill', concurrency: 4 } as const;
  await deployment.startRun('undisturbed', config);
  const expected = await outcomeOf(deployment, 'undisturbed');
  const { spending } = await deployment.result('undisturbed');

  const run = 'interrupted';
  const handle = deployment.client.workflow.getHandle(run);
  deployment.simulator.setFaults([{ kind: 'slow-stream', rate: 1, slowMs: 2000 }]);
  await deployment.startRun(run, config);
  for (const least of [1, 5]) {
    await until('rollouts go on', () => arrivals(run) >= least && underWay(run) > 0);
    await handle.executeUpdate('pause', { args: [{ by: 'test' }] });
    // A call that was on its way arrives.
    await later(100);
    const paused = arrivals(run);
    expect(underWay(run)).toBeGreaterThan(0);
    await until('calls under way have ended', () => underWay(run) === 0);
    // Their tools are run, too.
    await until('each of them is kept', () => journaledTurns(deployment.home.store, run).length === paused);
    await later(1000);
    expect(arrivals(run)).toBe(paused);
    await handle.executeUpdate('resume', { args: [{ by: 'test' }] });
  }
  deployment.simulator.setFaults([]);
  expect(await outcomeOf(deployment, run)).toEqual(expected);
  expect((await deployment.result(run)).spending).toEqual(spending);
  expect(accountCalls(deployment, run)).toEqual({ completed: spending.calls, repeated: [], lost: [] });
});

it('pauses a run in the evaluation of its gate, and cancels it there with all that is below it', async () => {
  await deployment.startRun('given-up', { validationTasks: 8, gate: { policy: 'strict', maxTasks: 8 } });
  await reach(deployment, 'given-up', 'gate', 1);
  const handle = deployment.client.workflow.getHandle('given-up');
  await handle.executeUpdate('pause', { args: [{ by: 'test' }] });
  await until('calls under way have ended', () => underWay('given-up') === 0);
  await waitForProgress(deployment, 'given-up', ({ pause, stage }) => pause?.kind === 'user' && stage === 'gate');
  // An activity under way hands back before its next call.
  await until('the activities under way have handed back', async () => {
    const { raw } = await deployment.client.workflow.getHandle('given-up/epoch-1/gate-1').describe();
    return (raw.pendingActivities ?? []).length === 0;
  });
  const paused = arrivals('given-up');
  await later(1500);
  expect(arrivals('given-up')).toBe(paused);

  // Calls that never end: the gate can't be quicker than the cancellation, which has to call them off.
  deployment.simulator.setFaults([{ kind: 'hang', rate: 1, role: 'executor' }]);
  await handle.executeUpdate('resume', { args: [{ by: 'test' }] });
  await until('it goes on', () => arrivals('given-up') > paused);
  const told = await skillgrad('cancel', 'given-up', '--note', 'wrong data', '--json');
  const { cancelled } = JSON.parse(told.stdout) as { cancelled: unknown };
  const kept = CancelledRun.parse(cancelled);
  expect(kept.by?.note).toBe('wrong data');
  expect(kept.momentum).not.toBeNull();
  expect(await deployment.store.getTree(kept.skill)).not.toEqual([]);

  const ended = await statusOf('WorkflowId STARTS_WITH "given-up"');
  expect(ended).toMatchObject({
    'given-up': 'CANCELLED',
    'given-up/epoch-1': 'CANCELLED',
    'given-up/epoch-1/gate-1': 'CANCELLED',
  });
  deployment.simulator.setFaults([]);
  const calls = arrivals('given-up');
  expect(accountCalls(deployment, 'given-up').repeated).toEqual([]);
  // Settled: every call that has an answer on record, and at their bound those that were called off.
  expect(kept.spending.calls).toBe(calls);
  expect(kept.spending.calls).toBeGreaterThanOrEqual(journaledTurns(deployment.home.store, 'given-up').length);
  expect(readdirSync(temporary).filter((name) => name.startsWith('skillgrad-work-'))).toEqual([]);

  const [status, list, resume] = await Promise.all([
    skillgrad('status', 'given-up'),
    skillgrad('list'),
    skillgrad('resume', 'given-up'),
  ]);
  expect(status.stdout).toMatch(/Run given-up: cancelled by .*@.* \("wrong data"\)/);
  expect(list.stdout).toMatch(/given-up +cancelled/);
  expect(resume.stderr).toMatch(/was cancelled by .*: it can't be resumed/);
  expect(arrivals('given-up')).toBe(calls);
});

it('begins no call after the hours of a run are over, does not count waits for people, and goes on with more', async () => {
  const seconds = 4;
  await deployment.startRun('hours', {
    budget: { costUsd: null, calls: null, tokens: null, hours: seconds / 3600 },
  });
  const handle = deployment.client.workflow.getHandle('hours');
  const { startTime } = await handle.describe();
  const pausedMs = Date.now();
  await handle.executeUpdate('pause', { args: [{ by: 'test' }] });
  await later(3000);
  await handle.executeUpdate('resume', { args: [{ by: 'test' }] });
  const waitedMs = Date.now() - pausedMs;
  const { pause } = await waitForProgress(deployment, 'hours', (progress) => progress.pause !== null);
  expect(pause).toMatchObject({ kind: 'budget.spent', fix: expect.stringMatching(/--add-hours N/) });
  const began = callsOf('hours').map(({ arrivedAtMs }) => arrivedAtMs - startTime.getTime());
  expect(Math.max(...began)).toBeLessThanOrEqual(seconds * 1000 + waitedMs + 500);
  expect(Math.max(...began)).toBeGreaterThan(seconds * 1000);

  const spent = arrivals('hours');
  await later(1000);
  expect(arrivals('hours')).toBe(spent);
  await handle.executeUpdate('addBudget', { args: [{ by: 'test', hours: 1 }] });
  expect((await deployment.result('hours')).heldOut.after.tasks).toBe(4);
});
