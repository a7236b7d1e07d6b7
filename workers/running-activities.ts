import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { z } from 'zod';
import { activityIdOf, type Scheduling } from '../activities/activity-id';
import { beat } from '../activities/fault-span';
import type { ArtifactStore } from '../store/artifact-store';
import { blamedDeaths, deathLimits } from '../store/worker-deaths';
import { writeState } from './state-file';
import { workerPaths } from './worker-record';

/** An attempt that a worker runs, in a file of its own: what is there when the worker has died ended with it. */
export const RunningActivity = z.object({
  activity: z.string(),
  attempt: z.number().int().positive(),
  /** Base64; what the server knows the attempt by. */
  taskToken: z.string(),
});
export type RunningActivity = z.infer<typeof RunningActivity>;

/** The attempts that this worker process runs. */
export interface RunningActivities {
  count(): number;
  interceptor: ActivityInterceptorsFactory;
}

/**
 * Keeps a file for each attempt while it runs, and lets one that has seen its worker die repeatedly run with no other
 * beside it, so that none is blamed for what another does.
 *
 * @param warn told when a file can't be written: the attempt runs all the same
 */
export function trackActivities(
  store: ArtifactStore,
  workerId: string,
  warn: (error: unknown) => void,
): RunningActivities {
  const { running: folder } = workerPaths(store.root, workerId);
  const places = openPlaces();
  let count = 0;

  async function track<T>(context: Context, body: () => Promise<T>): Promise<T> {
    const { info } = context;
    const activity = activityIdOf(info);
    const file = join(folder, encodeURIComponent(`${activity}/${info.attempt}`).slice(-200));
    const running: RunningActivity = {
      activity,
      attempt: info.attempt,
      taskToken: Buffer.from(info.taskToken).toString('base64'),
    };
    await writeState(file, running).catch(warn);
    try {
      return await body();
    } finally {
      // What the attempt has come to counts, not whether its file could be taken away.
      await rm(file, { force: true }).catch(warn);
    }
  }

  return {
    count: () => count,
    interceptor: (context) => ({
      inbound: {
        execute: async (input, next) => {
          // A hold: a moment's work that must wait for no other, and whose task is the workflow's.
          if (context.info.isLocal) return next(input);
          const alone = await mustRunAlone(store, context.info);
          const leave = await enter(places, alone, context);
          count += 1;
          try {
            return await track(context, () => next(input));
          } finally {
            count -= 1;
            leave();
          }
        },
      },
    }),
  };
}

/**
 * Whether an attempt must run with no other beside it. A store that can't be read decides nothing here: the activity
 * meets the same fault, and there it counts towards the pause of the run.
 */
export async function mustRunAlone(
  store: ArtifactStore,
  scheduling: Scheduling & { attempt: number },
): Promise<boolean> {
  if (scheduling.attempt <= deathLimits.alone) return false;
  try {
    return (await blamedDeaths(store, activityIdOf(scheduling))).length >= deathLimits.alone;
  } catch {
    return false;
  }
}

/** Waits for a place, with heartbeats: others may take long. */
async function enter(places: Places, alone: boolean, context: Context): Promise<() => void> {
  const timer = setInterval(beat, 1000);
  const entered = places.enter(alone);
  try {
    return await Promise.race([entered, context.cancelled]);
  } catch (error) {
    void entered.then((leave) => leave());
    throw error;
  } finally {
    clearInterval(timer);
  }
}

interface Places {
  /** Resolves with the function that gives the place back. */
  enter(alone: boolean): Promise<() => void>;
}

/** Many may be in at once, or one that asked to be alone; in the order in which they came. */
export function openPlaces(): Places {
  const waiting: { alone: boolean; admit: () => void }[] = [];
  let inside = 0;
  let occupied = false;

  function admitNext(): void {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      if (occupied || (first.alone && inside > 0)) return;
      waiting.shift();
      inside += 1;
      occupied = first.alone;
      first.admit();
    }
  }

  const leave = (): void => {
    inside -= 1;
    occupied = false;
    admitNext();
  };

  return {
    enter: (alone) =>
      new Promise((resolve) => {
        waiting.push({ alone, admit: () => resolve(leave) });
        admitNext();
      }),
  };
}
