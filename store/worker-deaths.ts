import { z } from 'zod';
import type { ArtifactStore } from './artifact-store';

/**
 * How a worker process came to its end while it ran an activity. `crash`: by a signal of its own making, or an error that
 * nothing caught; `out-of-memory`: killed while the system was killing for memory; `killed`: by somebody or something
 * else; `restart`: together with its machine. `code-killed`: the worker lives; a task's code in the sandbox was killed
 * again and again until the activity gave up.
 */
export const DeathCause = z.enum(['crash', 'out-of-memory', 'killed', 'restart', 'code-killed']);
export type DeathCause = z.infer<typeof DeathCause>;

/** One attempt of an activity that ended with its worker's process. */
export const WorkerDeath = z.object({
  worker: z.string(),
  cause: DeathCause,
  /** The signal, the exit code, or what speaks for the cause. */
  detail: z.string(),
  at: z.string(),
});
export type WorkerDeath = z.infer<typeof WorkerDeath>;

/** Deaths after which an activity is not tried again, and after which it runs with no other beside it. */
export const deathLimits = { givenUp: 3, alone: 2 } as const;

/** Whether a death speaks against the activity: one that came from outside says nothing of it. */
export function isBlamed({ cause }: Pick<WorkerDeath, 'cause'>): boolean {
  return cause === 'crash' || cause === 'out-of-memory' || cause === 'code-killed';
}

/**
 * Records that attempt number `attempt` of an activity ended with its worker, unless that is on record.
 *
 * @param activity one scheduling of an activity: `<workflow id>/<workflow run id>/<activity id>`
 */
export async function recordDeath(
  store: ArtifactStore,
  activity: string,
  attempt: number,
  death: WorkerDeath,
): Promise<boolean> {
  return store.createNamed(`deaths/${activity}/attempt-${String(attempt).padStart(6, '0')}`, death);
}

/**
 * Records that an execution of a task gave up since the task's code was killed.
 *
 * @param releases how often the task has been let out of quarantine: what was before counts no more
 * @returns how often that has happened
 */
export async function recordKilledCode(
  store: ArtifactStore,
  run: string,
  taskId: string,
  releases: number,
  death: WorkerDeath,
): Promise<number> {
  const name = `${run}/task-${encodeURIComponent(taskId)}/release-${releases}`;
  let number = (await blamedDeaths(store, name)).length;
  // Two executions of the task may give up at once.
  do number += 1;
  while (!(await recordDeath(store, name, number, death)));
  return number;
}

/** The deaths that speak against an activity, earliest first. Attempts beside others count too: see `deathLimits.alone`. */
export async function blamedDeaths(store: ArtifactStore, activity: string): Promise<WorkerDeath[]> {
  const folder = `deaths/${activity}`;
  const deaths: WorkerDeath[] = [];
  for (const name of await store.listNamed(folder)) {
    const death = await store.readNamed(WorkerDeath, `${folder}/${name}`);
    if (death !== null && isBlamed(death)) deaths.push(death);
  }
  return deaths;
}
