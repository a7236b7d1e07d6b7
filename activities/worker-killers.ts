import { Context } from '@temporalio/activity';
import { Fault } from '../records/fault';
import type { ArtifactStore } from '../store/artifact-store';
import { enterQuarantine, quarantineOf, type Quarantine } from '../store/quarantine';
import { blamedDeaths, deathLimits } from '../store/worker-deaths';
import { activityIdOf } from './activity-id';

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
  const reason =
    `task ${taskId} is in quarantine: ${what} it has ended its worker ${deaths.count} times, lastly by ${deaths.last}. ` +
    `It counts for no version any more; \`skillgrad resume ${run} --release ${taskId}\` lets it back in`;
  return enterQuarantine(store, run, { taskId, stage, reason, at: new Date().toISOString() });
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
