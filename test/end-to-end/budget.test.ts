import type { PauseReason } from '../../records/control';
import type { AddBudget } from '../../workflows/messages';
import { accountCalls, journaledTurns } from './call-accounts';
import { deploy, type Deployment, type WorkerProcess } from './deployment';
import { owedBy, pricedCalls } from './priced-calls';
import { outcomeOf, type RunOutcome } from './run-outcome';
import { waitForProgress } from './wait-for-progress';

jest.setTimeout(400_000);

let deployment: Deployment;
let workers: WorkerProcess[];
let expected: RunOutcome;
beforeAll(async () => {
  deployment = await deploy({ latencyMs: 40 });
  workers = await Promise.all([1, 2, 3, 4].map((number) => deployment.startWorker(`worker-${number}`)));
  await deployment.startRun('free');
  expected = await outcomeOf(deployment, 'free');
});
afterAll(() => deployment.stop());

const uncapped = { costUsd: null, calls: null, tokens: null, hours: null };
const callsOf = (run: string): number => journaledTurns(deployment.home.store, run).length;

/** Waits until the model is being asked something for a run right now. */
async function calling(run: string, least: number): Promise<void> {
  const open = (): number =>
    Object.values(deployment.simulator.stats().byCall)
      .flat()
      .filter(({ call, result }) => result === 'open' && call.startsWith(`${run}/`)).length;
  while (open() < least) await new Promise((resolve) => setTimeout(resolve, 1));
}

it('exceeds no cap at any time with four workers that are killed, and comes to the same end once all are raised', async () => {
  const run = 'capped';
  const whole = owedBy(deployment, 'free').all;
  const part = (amount: number | null, share: number): number => Math.ceil(share * (amount ?? NaN));
  const caps = {
    costUsd: 0.4 * (whole.costUsd ?? NaN),
    calls: part(whole.calls, 0.6),
    tokens: part(whole.tokens, 0.8),
  };
  const inForce = [{ fromMs: 0, ...caps }];
  await deployment.startRun(run, { budget: { ...caps, hours: null } });
  // For good: worker and supervisor.
  await calling(run, 2);
  await workers[0]?.kill();

  const handle = deployment.client.workflow.getHandle(run);
  const spentOn: string[] = [];
  let ended = false;
  const end = outcomeOf(deployment, run).finally(() => (ended = true));
  end.catch(() => undefined);
  for (;;) {
    const paused = waitForProgress(deployment, run, ({ pause }) => ended || pause?.kind === 'budget.spent', 300_000);
    const pause = await Promise.race([paused.then((progress) => progress.pause), end.then(() => null)]);
    if (pause === null) break;
    const short = (['usd', 'calls', 'tokens'] as const).filter((name) => pause.fix.includes(`--add-${name} `));
    expect(short).not.toEqual([]);
    spentOn.push(...short);
    const add: AddBudget = { by: 'test' };
    const next = { ...(inForce.at(-1) ?? caps), fromMs: Date.now() };
    for (const name of short) {
      const quantity = name === 'usd' ? 'costUsd' : name;
      // All that is left of the run with room for bounds, so that each cap is met once.
      const more = quantity === 'costUsd' ? 10 : 10 * part(whole[quantity], 1);
      add[quantity] = more;
      next[quantity] += more;
    }
    inForce.push(next);
    await handle.executeUpdate('addBudget', { args: [add] });
    const isOver = (now: PauseReason | null): boolean => now?.message !== pause.message;
    await waitForProgress(deployment, run, (progress) => ended || isOver(progress.pause));
    if (inForce.length > 2) continue;
    // All that are left, in the middle of their calls; their supervisors start them again.
    await calling(run, 1);
    for (const { workerPid } of workers.slice(1)) process.kill(workerPid, 'SIGKILL');
  }
  expect(await end).toEqual(expected);
  expect([...spentOn].sort()).toEqual([...new Set(spentOn)].sort());
  expect(spentOn).toContain('usd');
  expect(spentOn.length).toBeGreaterThanOrEqual(2);

  for (const { arrivedAtMs, sum } of pricedCalls(deployment, run)) {
    const cap = inForce.findLast(({ fromMs }) => fromMs <= arrivedAtMs);
    expect(sum.costUsd).toBeLessThanOrEqual(cap?.costUsd ?? NaN);
    expect(sum.calls).toBeLessThanOrEqual(cap?.calls ?? NaN);
    expect(sum.tokens).toBeLessThanOrEqual(cap?.tokens ?? NaN);
  }
  const { lost, all } = owedBy(deployment, run);
  expect(lost.calls).toBeGreaterThan(0);
  expect((await deployment.result(run)).spending).toEqual(all);
  expect(accountCalls(deployment, run).repeated).toEqual([]);
});

it('never makes more calls than a cap on calls allows', async () => {
  await deployment.startRun('few-calls', { budget: { ...uncapped, calls: 25 } });
  const { pause, spending } = await waitForProgress(deployment, 'few-calls', (progress) => progress.pause !== null);
  expect(pause?.kind).toBe('budget.spent');
  expect(callsOf('few-calls')).toBeLessThanOrEqual(25);
  expect(spending.calls).toBe(callsOf('few-calls'));
  const handle = deployment.client.workflow.getHandle('few-calls');
  await expect(handle.executeUpdate('addBudget', { args: [{ by: 'test', costUsd: 1 }] })).rejects.toThrow();

  // Told to stop, it delivers what it has, since nothing more can be paid for.
  await handle.executeUpdate('stop', { args: [{ by: 'test' }] });
  const result = await deployment.result('few-calls');
  expect(result.finalSkill).toBe(result.seedSkill);
  expect(result.heldOut.after.tasks).toBeLessThan(4);
  expect(result.note).toMatch(/told to stop with its budget spent/);
  expect(pricedCalls(deployment, 'few-calls').length).toBeLessThanOrEqual(25);
});

it('delivers the best version of a run that is told to stop at its cap in a later step', async () => {
  await deployment.startRun('late-stop', { budget: { ...uncapped, calls: Math.round(0.8 * callsOf('free')) } });
  await waitForProgress(deployment, 'late-stop', (progress) => progress.pause?.kind === 'budget.spent');
  await deployment.client.workflow.getHandle('late-stop').executeUpdate('stop', { args: [{ by: 'test' }] });
  const { steps, finalSkill } = await deployment.result('late-stop');
  const best = steps.findLast(({ accepted }) => accepted)?.skill;
  expect(best).toBeDefined();
  expect(finalSkill).toBe(best);
});
