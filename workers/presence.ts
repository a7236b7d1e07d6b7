import type { Client } from '@temporalio/client';
import type { ArtifactStore } from '../store/artifact-store';
import { isServerAway } from './connection';
import type { RunningActivities } from './running-activities';
import { buryTheDead, watchSilences } from './undertaker';
import { workerLog } from './worker-log';
import { beatEveryMs, oomKills, ownRecord, removeWorker, writeWorkerRecord } from './worker-record';

/** A worker's place on the list of its deployment. */
interface Presence {
  /** Takes it off the list, at a regular end. */
  leave(): Promise<void>;
}

/**
 * Puts this worker on the list of those that serve its store, beats every second for as long as it runs, draining too,
 * and looks after those that have died without a word.
 *
 * @param drains whether the worker takes no new work any more
 */
export function showPresence(
  { id, store, taskQueue }: { id: string; store: ArtifactStore; taskQueue: string },
  client: Client,
  activities: RunningActivities,
  drains: () => boolean,
): Presence {
  const own = ownRecord(id, taskQueue);
  const silences = watchSilences();
  let complained = false;
  let signalled = false;
  let beating: Promise<void> | null = null;

  async function beat(): Promise<void> {
    const state = signalled || drains() ? 'draining' : 'serving';
    const now = { running: activities.count(), beatAt: new Date().toISOString(), oomKills: oomKills() };
    try {
      await writeWorkerRecord(store.root, { ...own, state, ...now });
      await buryTheDead(store, client, silences, ({ id: dead }, detail, tasks) => {
        workerLog.warn({ dead, detail, tasks }, 'a worker has died; what it was doing is tried again');
      });
      complained = false;
    } catch (error) {
      // A store or server that is away makes itself felt elsewhere; the next beat tries again.
      if (!complained && !isServerAway(error)) workerLog.warn({ error }, 'the worker cannot show that it serves');
      complained = true;
    }
  }

  const tick = (): void => {
    beating ??= beat().finally(() => (beating = null));
  };
  tick();
  const timer = setInterval(tick, beatEveryMs);
  const onSignal = (): void => {
    signalled = true;
    tick();
  };
  // Also keeps a second signal from ending the process in the middle of what it still has to write.
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);

  return {
    leave: async () => {
      clearInterval(timer);
      process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
      await beating;
      await removeWorker(store.root, id);
    },
  };
}
