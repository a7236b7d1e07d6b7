import type { PauseReason } from '../../records/control';
import { askProgress } from '../../cli/runs/progress-query';
import { standstillOf } from '../../cli/runs/standstill';
import { whileAway } from '../../workers/connection';
import type { RunUnderFire } from './run-under-fire';

const lookEveryMs = 200;
/** Attempts after which a fault counts as shown by an activity that pauses the run only after a long time. */
const shownAfterAttempts = 5;

/** Mends whatever is held, as a person does who reads why the run pauses. */
async function mendAll({ held }: RunUnderFire): Promise<void> {
  for (const one of [...held]) await one.mend();
}

/**
 * Watches a run until it ends. When it pauses, the cause is mended and the run resumed; when an activity keeps retrying
 * on what is held, that is mended, and the retry gets through by itself.
 *
 * @returns the pauses, in order
 */
export async function watchOver(fire: RunUnderFire): Promise<PauseReason[]> {
  const { client } = fire.deployment;
  const { run, over } = fire;
  const pauses: PauseReason[] = [];
  while (!over.aborted) {
    const pause = (await askProgress(client, run))?.pause ?? null;
    if (pause !== null) {
      pauses.push(pause);
      await mendAll(fire);
      await whileAway(() => client.workflow.getHandle(run).executeUpdate('resume', { args: [{ by: 'chaos' }] }));
      await untilGoesOn(fire, pause);
    } else if (fire.held.size > 0) {
      const { retries } = await whileAway(() => standstillOf(client, run));
      if ((retries?.attempt ?? 0) >= shownAfterAttempts && /\bstore\b/.test(retries?.message ?? ''))
        await mendAll(fire);
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  return pauses;
}

/** Waits for the word to reach whoever waits: until then the old reason is still on show. */
async function untilGoesOn({ deployment, run, over }: RunUnderFire, before: PauseReason): Promise<void> {
  for (let looks = 0; looks < 25 && !over.aborted; looks += 1) {
    const now = await askProgress(deployment.client, run);
    if (now !== null && now.pause?.message !== before.message) return;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}
