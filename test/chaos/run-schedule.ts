import { isDeepStrictEqual } from 'node:util';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PauseReason } from '../../records/control';
import { noSpending, type Spending } from '../../records/usage';
import { whileAway } from '../../workers/connection';
import { accountCalls } from '../end-to-end/call-accounts';
import type { Deployment } from '../end-to-end/deployment';
import { outcomeOf, type RunOutcome } from '../end-to-end/run-outcome';
import { mountingWorks, mountSmallDisk } from '../mount-disk';
import { kindRules } from './fault-kinds';
import { concurrency, lightRuns } from './light-runs';
import { startWorker } from './process-strikes';
import type { Row, StruckFault } from './results';
import type { RunUnderFire } from './run-under-fire';
import type { Schedule } from './schedule';
import { watchOver } from './steward';
import { strikeAll } from './strike';
import { differing, lostSpending, tracesOf, withoutLost } from './traces';
import type { Undisturbed } from './undisturbed';

/** A run that nothing moves any more; far beyond what the slowest machine takes. */
const limitMs = 9 * 60_000;

/** Longest wait for the server at the end of a schedule. */
const terminateMs = 10_000;

interface Ended {
  outcome: RunOutcome | null;
  problem: string | null;
}

async function endOf(deployment: Deployment, run: string, giveUp: AbortSignal): Promise<Ended> {
  const limit = sleep(limitMs, null, { signal: giveUp }).catch(() => null);
  try {
    const outcome = await Promise.race([outcomeOf(deployment, run), limit]);
    return { outcome, problem: outcome === null ? `it has not ended within ${limitMs / 60_000} minutes` : null };
  } catch (error) {
    const { message, cause } = error as Error;
    return { outcome: null, problem: cause instanceof Error ? `${message}: ${cause.message}` : message };
  }
}

/** A pause that no fault of the schedule explains. A call may be too slow on any busy machine. */
function unexplained(pauses: readonly PauseReason[], faults: readonly StruckFault[]): string | null {
  const expected = ['model.timeout', ...faults.flatMap(({ kind }) => kindRules[kind].pauses)];
  const odd = pauses.find(({ kind, fix }) => fix === '' || !expected.some((beginning) => kind.startsWith(beginning)));
  return odd === undefined ? null : `paused for ${odd.kind}, which no fault explains: ${odd.message}`;
}

/** Names of what differs: parts of the outcome, and the spending without that of lost calls. */
function mismatches(
  undisturbed: Undisturbed,
  { outcome, spending, lost }: { outcome: RunOutcome; spending: Spending; lost: Spending },
): string[] {
  const parts = Object.keys(undisturbed.outcome) as (keyof RunOutcome)[];
  const differ: string[] = parts.filter((part) => !isDeepStrictEqual(outcome[part], undisturbed.outcome[part]));
  if (!isDeepStrictEqual(withoutLost(spending, lost), undisturbed.spending)) differ.push('spending');
  return differ;
}

type Account = Omit<Row, 'index' | 'seed' | 'benchmark' | 'workers' | 'faults' | 'ended' | 'pauses' | 'wallMs'>;

async function account(
  { deployment, run }: RunUnderFire,
  { outcome, problem }: Ended,
  undisturbed: Undisturbed,
  faults: readonly StruckFault[],
): Promise<Account> {
  const { completed, repeated, lost } = accountCalls(deployment, run);
  const crashes = faults.filter(({ kind, struckAtMs }) => struckAtMs !== null && kindRules[kind].losesAnswers).length;
  const calls = {
    completedCalls: completed,
    repeatedCalls: repeated.length,
    lostAnswers: lost.length,
    lostAnswersAtMost: crashes * concurrency,
    lostSpending: lostSpending(deployment, run),
  };
  if (outcome === null) return { ...calls, problem, mismatches: [], spending: null, faultsScored: [] };
  const { spending } = await whileAway(() => deployment.result(run));
  return {
    ...{ ...calls, problem, spending },
    mismatches: mismatches(undisturbed, { outcome, spending, lost: calls.lostSpending }),
    faultsScored: differing(undisturbed.traces, await tracesOf(deployment, run)),
  };
}

/**
 * Makes one run under the faults of a schedule, in a deployment of its own below `dir`, and compares what came of it
 * with the undisturbed run.
 */
export async function runSchedule(dir: string, schedule: Schedule, undisturbed: Undisturbed): Promise<Row> {
  const { index, benchmark } = schedule;
  const light = lightRuns[benchmark];
  const root = join(dir, `schedule-${index}`);
  rmSync(root, { recursive: true, force: true });
  const unmount = mountingWorks() ? mountSmallDisk(join(root, 'store'), light.disk) : (): void => undefined;
  const deployment = await light.deploy(root).catch((error: unknown) => {
    unmount();
    throw error;
  });
  try {
    return await inDeployment(deployment, schedule, undisturbed);
  } finally {
    unmount();
    await deployment.stop();
  }
}

async function inDeployment(deployment: Deployment, schedule: Schedule, undisturbed: Undisturbed): Promise<Row> {
  const { index, seed, benchmark, workers } = schedule;
  const ended = new AbortController();
  const run = `chaos-${index}`;
  const fire: RunUnderFire = { deployment, run, workers: new Map(), held: new Set(), over: ended.signal };
  const names = Array.from({ length: workers }, (_, number) => `worker-${number + 1}`);
  await Promise.all(names.map((name) => startWorker(fire, name)));
  const startedMs = Date.now();
  await lightRuns[benchmark].start(deployment, run);
  const strikes = strikeAll(fire, schedule.faults, undisturbed.spending.calls, startedMs);
  const watch = watchOver(fire);
  const ending = endOf(deployment, run, ended.signal);
  try {
    // Strikes end with the run; one that fails ends the schedule.
    const end = await Promise.race([ending, Promise.all([strikes, watch]).then(() => ending)]);
    const wallMs = Date.now() - startedMs;
    ended.abort();
    const [faults, pauses] = await Promise.all([strikes, watch]);
    const accounts = await account(fire, end, undisturbed, faults);
    return {
      ...{ index, seed, benchmark, workers, faults, pauses, wallMs, ...accounts },
      ended: end.outcome === null ? 'no' : pauses.length > 0 ? 'after resume' : 'by itself',
      problem: accounts.problem ?? unexplained(pauses, faults),
    };
  } finally {
    // Whoever still asks for the run would be cut off in mid-call.
    ended.abort();
    await terminate(deployment, run);
    await Promise.allSettled([strikes, watch, ending]);
  }
}

/** Ends a run that has not ended, so that nobody waits for it any longer. */
async function terminate({ client }: Deployment, run: string): Promise<void> {
  const handle = client.workflow.getHandle(run);
  // Most have ended, and a server that is gone for good answers nobody.
  await client.withDeadline(Date.now() + terminateMs, () => handle.terminate('the schedule is over')).catch(() => null);
}

/** What a schedule comes to that could not be carried out. */
export function failedRow({ index, seed, benchmark, workers }: Schedule, error: unknown): Row {
  const problem = `the harness failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  return {
    ...{ index, seed, benchmark, workers, problem, ended: 'no', faults: [], pauses: [], wallMs: 0 },
    ...{ mismatches: [], completedCalls: 0, repeatedCalls: 0, lostAnswers: 0, lostAnswersAtMost: 0 },
    ...{ spending: null, lostSpending: noSpending, faultsScored: [] },
  };
}
