import { hostname } from 'node:os';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { Fault } from '../records/fault';
import type { ArtifactStore } from '../store/artifact-store';
import { enterQuarantine, quarantineOf, releasesOf, type Quarantine } from '../store/quarantine';
import { blamedDeaths, deathLimits, recordKilledCode } from '../store/worker-deaths';
import { activityIdOf } from './activity-id';

/** Type of the fault of code that was killed from outside of the sandbox. */
const killedCode = 'sandbox.killed';
const retryMs = 100;

/**
 * Whether a task must be left alone: it is in quarantine, or this very activity has ended its worker as often as it may,
 * which puts it there. What was done for it before stays as it is.
 */
export async function barredTask(
  store: ArtifactStore,
  run: string,
  taskId: string,
  stage: Quarantine['stage'],
): Promise<Quarantine | null> {
  const barred = await quarantineOf(store, run, taskId);
  if (barred !== null) return barred;
  const deaths = await deathsSoFar(store);
  if (deaths === null) return null;
  const what = stage === 'execute' ? 'executing' : 'scoring';
  const why = `${what} it has ended its worker ${deaths.count} times, lastly by ${deaths.last}`;
  return putAway(store, run, taskId, stage, why);
}

function putAway(
  store: ArtifactStore,
  run: string,
  taskId: string,
  stage: Quarantine['stage'],
  why: string,
): Promise<Quarantine> {
  const reason =
    `task ${taskId} is in quarantine: ${why}. ` +
    `It counts for no version any more; \`skillgrad resume ${run} --release ${taskId}\` lets it back in`;
  return enterQuarantine(store, run, { taskId, stage, reason, at: new Date().toISOString() });
}

/**
 * Blames a task for an execution that gives up since its code in the sandbox was killed at each attempt. As often as a
 * task may end its worker that pauses the run; the last time the task goes into quarantine instead, and the next attempt
 * leaves it out.
 *
 * @param failure what the execution ended with, whatever that is
 * @returns what it should end with
 */
export async function blameForKilledCode(
  store: ArtifactStore,
  { run, taskId }: { run: string; taskId: string },
  failure: unknown,
): Promise<unknown> {
  if (!(failure instanceof ApplicationFailure) || !failure.nonRetryable || failure.type !== killedCode) return failure;
  try {
    const worker = `${hostname()}-${process.pid}`;
    const death = { worker, cause: 'code-killed', detail: failure.message, at: new Date().toISOString() } as const;
    const count = await recordKilledCode(store, run, taskId, await releasesOf(store, run, taskId), death);
    if (count < deathLimits.givenUp) return failure;
    const why = `its code in the sandbox was killed at every attempt of ${count} executions`;
    const { reason } = await putAway(store, run, taskId, 'execute', why);
    return ApplicationFailure.create({ type: killedCode, message: reason, nextRetryDelay: retryMs });
  } catch {
    // The run pauses on what it met first. If the store is still out of order then, that is what it meets next.
    return failure;
  }
}

/** Throws the fault that pauses the run when this activity, which no task can be blamed for, has ended its worker too often. */
export async function stopKilling(store: ArtifactStore): Promise<void> {
  const deaths = await deathsSoFar(store);
  if (deaths === null) return;
  const { activityType } = Context.current().info;
  throw new Fault(`${activityType} has ended its worker ${deaths.count} times, lastly by ${deaths.last}`, {
    type: 'worker.died',
    retryable: false,
    fix: 'see the worker log and the memory of its machine, then `skillgrad resume RUN`',
  });
}

/** The deaths of this activity's workers once they are too many, else null. */
async function deathsSoFar(store: ArtifactStore): Promise<{ count: number; last: string } | null> {
  const { info } = Context.current();
  if (info.attempt <= deathLimits.givenUp) return null;
  const deaths = await blamedDeaths(store, activityIdOf(info));
  if (deaths.length < deathLimits.givenUp) return null;
  return { count: deaths.length, last: deaths.at(-1)?.detail ?? '' };
}
