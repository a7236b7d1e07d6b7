import type { Progress } from '../../records/progress';
import { askProgress } from '../../cli/runs/progress-query';
import type { Deployment } from './deployment';

/** Waits until a run's progress satisfies `holds`; fails with the last progress after `limitMs`. */
export async function waitForProgress(
  { client }: Pick<Deployment, 'client'>,
  run: string,
  holds: (progress: Progress) => boolean,
  limitMs = 120_000,
): Promise<Progress> {
  const deadline = Date.now() + limitMs;
  for (let last: Progress | null = null; ;) {
    last = (await askProgress(client, run)) ?? last;
    if (last !== null && holds(last)) return last;
    if (Date.now() > deadline) throw new Error(`run ${run} did not get there; last progress: ${JSON.stringify(last)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
