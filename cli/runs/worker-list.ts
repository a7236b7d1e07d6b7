import { hostname } from 'node:os';
import type { Home } from '../../workers/home';
import { countText } from '../terminal/sizes';
import {
  conditionOf,
  hasEnded,
  isNeighbour,
  listWorkers,
  silenceMs,
  type WorkerCondition,
  type WorkerRecord,
} from '../../workers/worker-record';

/** A worker of a run as `status` shows it. */
export interface WorkerStatus {
  id: string;
  host: string;
  pid: number;
  condition: WorkerCondition;
  /** Activities that it runs, of all runs that it serves. */
  running: number;
  lastHeartbeat: string;
  lastHeartbeatMsAgo: number;
}

/** The workers of a task queue, by their start, seen at the time `nowMs`. */
export async function workersOf(home: Home, taskQueue: string, nowMs: number): Promise<WorkerStatus[]> {
  const workers = await listWorkers(home.store);
  return workers
    .filter((worker) => worker.taskQueue === taskQueue)
    .map((worker) => ({
      id: worker.id,
      host: worker.host,
      pid: worker.pid,
      condition: conditionOf(worker, nowMs),
      running: worker.running,
      lastHeartbeat: worker.beatAt,
      lastHeartbeatMsAgo: silenceMs(worker, nowMs),
    }));
}

/** The workers that serve this home's store and haven't ended, as far as can be seen from here. */
export async function livingWorkers(home: Home, nowMs: number): Promise<WorkerRecord[]> {
  const workers = await listWorkers(home.store);
  return workers.filter((worker) =>
    isNeighbour(worker) ? !hasEnded(worker) : conditionOf(worker, nowMs) !== 'silent',
  );
}

/** A worker's process, for people. */
export function placeText({ host, pid }: Pick<WorkerRecord, 'host' | 'pid'>): string {
  return host === hostname() ? `pid ${pid}` : `pid ${pid} on ${host}`;
}

/** One line for people; `all` are the workers of its task queue. */
export function workerText(worker: WorkerStatus, all: readonly WorkerStatus[]): string {
  const { id, condition, running, lastHeartbeatMsAgo } = worker;
  const ago = `${Math.round(lastHeartbeatMsAgo / 1000)} s ago`;
  const where = placeText(worker);
  const tasks = countText(running, 'activity', 'activities');
  if (condition !== 'silent') return `Worker ${id} (${where}): ${condition}, ${tasks}, last heartbeat ${ago}`;
  const others = all.some((other) => other.id !== id && other.condition === 'serving');
  const left = others
    ? `Other workers take over the ${tasks} that it had`
    : `The ${tasks} that it had ${running === 1 ? 'waits' : 'wait'} for a worker`;
  return (
    `Worker ${id} (${where}): SILENT, last heartbeat ${ago}: it is stopped, or its machine is away` +
    (running === 0 ? '' : `. ${left}`)
  );
}
