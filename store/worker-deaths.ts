import { z } from 'zod';
import type { ArtifactStore } from './artifact-store';

/**
 * How a worker process came to its end while it ran an activity. `crash`: by a signal of its own making, or an error that
 * nothing caught; `out-of-memory`: killed while the system was killing for memory; `killed`: by somebody or something
 * else; `restart`: together with its machine.
 */
export const DeathCause = z.enum(['crash', 'out-of-memory', 'killed', 'restart']);
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
  return cause === 'crash' || cause === 'out-of-memory';
}

/**
 * Records that attempt number `attempt` of an activity ended with its worker.
 *
 * @param activity one scheduling of an activity: `<workflow id>/<workflow run id>/<activity id>`
 */
export async function recordDeath(
  store: ArtifactStore,
  activity: string,
  attempt: number,
  death: WorkerDeath,
): Promise<void> {
  await store.createNamed(`deaths/${activity}/attempt-${String(attempt).padStart(6, '0')}`, death);
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
