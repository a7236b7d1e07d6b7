import type { Deployment, WorkerProcess } from '../end-to-end/deployment';

/** A disturbance that stays until it is mended. */
export interface Held {
  mend(): Promise<void>;
}

/** What strikes act on: a run, its deployment, and what goes on around it. */
export interface RunUnderFire {
  deployment: Deployment;
  run: string;
  /** Workers by name, as they were last started. */
  workers: Map<string, WorkerProcess>;
  /** Disturbances that wait for the run to show them. */
  held: Set<Held>;
  /** Aborted when the run has ended: who waits for more of it gives up. */
  over: AbortSignal;
}

const pollMs = 5;

/** Waits until `holds` does; false when the run has ended first. */
export async function whileRunning(
  { over }: Pick<RunUnderFire, 'over'>,
  holds: () => boolean | Promise<boolean>,
): Promise<boolean> {
  while (!(await holds())) {
    if (over.aborted) return false;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return true;
}

/** Keeps a disturbance up until somebody mends it or the run ends; either way it is mended when this returns. */
export async function hold(fire: RunUnderFire, mend: () => void | Promise<void>): Promise<void> {
  let mended = false;
  const held: Held = {
    mend: async () => {
      if (mended) return;
      mended = true;
      fire.held.delete(held);
      await mend();
    },
  };
  fire.held.add(held);
  await whileRunning(fire, () => mended);
  await held.mend();
}
