import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { recordDeath, type DeathCause } from '../store/worker-deaths';
import type { ArtifactStore } from '../store/artifact-store';
import { RunningActivity } from './running-activities';
import { namesIn, readState } from './state-file';
import {
  hasEnded,
  isNeighbour,
  isOfThisMachine,
  listWorkers,
  oomKills,
  ownPlace,
  removeWorker,
  WorkerExit,
  workerPaths,
  type WorkerRecord,
} from './worker-record';

/** A worker out of sight (of another machine or container) counts as gone after this silence. */
const goneAfterMs = 60_000;
/** We look every second; what lies between two looks that are further apart counts as so long. */
const longestLookMs = 5000;
/** What is to be tried again has waited long enough for its dead worker. */
const retryDelayMs = 100;

/** What can be known of a worker that has ended. */
export interface DeathEvidence {
  /** As its supervisor saw it; null where that has died too. */
  exit: Pick<WorkerExit, 'signal' | 'code'> | null;
  /** The machine has started anew since. */
  restarted: boolean;
  /** The system has killed processes for memory since the worker's last heartbeat. */
  outOfMemory: boolean;
}

/** Signals by which somebody ends a process; any other is of the process's own making. */
const fromOutside = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'];

/** Decides what ended a worker. What nothing speaks for is taken for a kill from outside. */
export function causeOf({ exit, restarted, outOfMemory }: DeathEvidence): { cause: DeathCause; detail: string } {
  const signal = exit?.signal ?? null;
  if (signal !== null && !fromOutside.includes(signal)) return { cause: 'crash', detail: signal };
  if (exit !== null && signal === null) return { cause: 'crash', detail: `exit code ${exit.code}` };
  if (restarted) return { cause: 'restart', detail: 'a restart of its machine' };
  const byName = signal ?? 'a kill that took its supervisor too';
  if (outOfMemory && (signal ?? 'SIGKILL') === 'SIGKILL') {
    return { cause: 'out-of-memory', detail: `${byName}, as its machine killed for memory` };
  }
  return { cause: 'killed', detail: byName };
}

/** For how long each worker has not beaten while we looked; what clocks of other machines say is not asked. */
export interface Silences {
  /** Notes the heartbeats of all workers on the list; those that are off it are forgotten. */
  note(workers: readonly Pick<WorkerRecord, 'id' | 'beatAt'>[]): void;
  /** Whether a worker has been silent for so long that it counts as gone. */
  isGone(id: string): boolean;
}

/** Nobody has been silent yet. */
export function watchSilences(nowMs: () => number = () => performance.now()): Silences {
  let seen = new Map<string, { beatAt: string; silentMs: number }>();
  let lookedMs = nowMs();
  return {
    note: (workers) => {
      // While we were stopped or had no store, the others may have been too: hardly any of it was silence.
      const passedMs = Math.min(nowMs() - lookedMs, longestLookMs);
      lookedMs = nowMs();
      const before = seen;
      seen = new Map(
        workers.map(({ id, beatAt }) => {
          const known = before.get(id);
          return [id, { beatAt, silentMs: known?.beatAt === beatAt ? known.silentMs + passedMs : 0 }];
        }),
      );
    },
    isGone: (id) => (seen.get(id)?.silentMs ?? 0) > goneAfterMs,
  };
}

/**
 * Looks for workers that have ended without a word and does what they can't do any more: notes for each activity that
 * it was running how its attempt ended, hands it back to the server, to be tried again at once instead of after its
 * heartbeat timeout, and takes them off the list. Harmless when several workers do it at once.
 *
 * @param silences kept from look to look
 * @param tell called for each with what ended it
 */
export async function buryTheDead(
  store: ArtifactStore,
  client: Client,
  silences: Silences,
  tell: (worker: WorkerRecord, detail: string, activities: number) => void,
): Promise<void> {
  const workers = await listWorkers(store.root);
  silences.note(workers);
  for (const worker of workers) {
    const paths = workerPaths(store.root, worker.id);
    const exit = await readState(paths.exit, WorkerExit);
    const gone = isNeighbour(worker) ? hasEnded(worker) : silences.isGone(worker.id);
    if (exit === null && !gone) continue;
    const sameStart = worker.boot !== '' && worker.boot === ownPlace().boot;
    const { cause, detail } = causeOf({
      exit,
      restarted: isOfThisMachine(worker) && !sameStart && worker.boot !== '',
      outOfMemory: sameStart && worker.oomKills !== null && (oomKills() ?? 0) > worker.oomKills,
    });
    const death = { worker: worker.id, cause, detail, at: new Date().toISOString() };
    const names = await namesIn(paths.running);
    for (const name of names) {
      const running = await readState(join(paths.running, name), RunningActivity);
      if (running === null) continue;
      // First the death, so that the next attempt knows of it.
      await recordDeath(store, running.activity, running.attempt, death);
      await handBack(client, running, `its worker ${worker.id} has died: ${detail}`);
    }
    await removeWorker(store.root, worker.id);
    tell(worker, detail, names.length);
  }
}

async function handBack(client: Client, { taskToken }: RunningActivity, message: string): Promise<void> {
  try {
    await client.connection.workflowService.respondActivityTaskFailed({
      namespace: client.options.namespace,
      taskToken: Buffer.from(taskToken, 'base64'),
      identity: client.options.identity ?? '',
      failure: {
        message,
        source: 'SkillGrad',
        applicationFailureInfo: { type: 'worker.died', nonRetryable: false, nextRetryDelay: msToTs(retryDelayMs) },
      },
    });
  } catch (error) {
    // NOT_FOUND: it has timed out, or another worker has handed it back.
    if (!isGrpcServiceError(error) || error.code !== 5) throw error;
  }
}
