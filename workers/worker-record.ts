import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { identify, isAlive, ProcessIdentity } from './process-identity';
import { namesIn, readState, writeState } from './state-file';

/**
 * What a worker process says of itself every second, in `workers/<id>/worker.json` of the store that it shares with all
 * others of its deployment.
 */
export const WorkerRecord = ProcessIdentity.extend({
  id: z.string(),
  host: z.string(),
  /** The system's mark of the space that the pid is one of, '' where there is none: containers may share a host name. */
  pidSpace: z.string(),
  /** A digest of the machine's own id, '' where the system doesn't tell: two machines may share a host name. */
  machine: z.string(),
  /** Changes when the machine restarts; '' where the system doesn't tell. */
  boot: z.string(),
  taskQueue: z.string(),
  state: z.enum(['serving', 'draining']),
  /** Activities that run. */
  running: z.number().int().nonnegative(),
  startedAt: z.string(),
  /** Last heartbeat, by the clock of its machine. */
  beatAt: z.string(),
  /** Processes that the system had killed for memory by then; null where it doesn't tell. */
  oomKills: z.number().int().nullable(),
});
export type WorkerRecord = z.infer<typeof WorkerRecord>;

/** What the supervisor of a worker saw of its end: a signal or an exit code. */
export const WorkerExit = z.object({
  signal: z.string().nullable(),
  code: z.number().int().nullable(),
  at: z.string(),
});
export type WorkerExit = z.infer<typeof WorkerExit>;

/** How a worker looks from outside; `silent`: it runs no more, or is stopped, or its machine is away. */
export type WorkerCondition = 'serving' | 'draining' | 'silent';

/** A worker that hasn't been heard of for so long is shown as silent. */
export const silentAfterMs = 10_000;
export const beatEveryMs = 1000;

/** Files of a worker, in the folder of its store. */
export function workerPaths(storeRoot: string, id: string) {
  const folder = join(workersFolder(storeRoot), id);
  return {
    folder,
    record: join(folder, 'worker.json'),
    exit: join(folder, 'exit.json'),
    running: join(folder, 'running'),
  };
}

const workersFolder = (storeRoot: string): string => join(storeRoot, 'workers');

/** What of a record stays the same for the life of this process. */
export function ownRecord(
  id: string,
  taskQueue: string,
): Omit<WorkerRecord, 'state' | 'running' | 'beatAt' | 'oomKills'> {
  return {
    ...identify(process.pid),
    id,
    ...ownPlace(),
    taskQueue,
    startedAt: new Date().toISOString(),
  };
}

export async function writeWorkerRecord(storeRoot: string, record: WorkerRecord): Promise<void> {
  await writeState(workerPaths(storeRoot, record.id).record, record);
}

/** All workers of a store, by their start. */
export async function listWorkers(storeRoot: string): Promise<WorkerRecord[]> {
  const ids = await namesIn(workersFolder(storeRoot));
  const records = await Promise.all(ids.map((id) => readState(workerPaths(storeRoot, id).record, WorkerRecord)));
  return records.filter((record) => record !== null).sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
}

/** Takes a worker off the list. */
export async function removeWorker(storeRoot: string, id: string): Promise<void> {
  await rm(workerPaths(storeRoot, id).folder, { recursive: true, force: true });
}

/** Time since a worker's last heartbeat; wrong by what its machine's clock and ours differ. */
export function silenceMs({ beatAt }: Pick<WorkerRecord, 'beatAt'>, nowMs: number): number {
  return Math.max(0, nowMs - Date.parse(beatAt));
}

/** How a worker looks at the time `nowMs` of this machine's clock, which may differ from that of the worker's. */
export function conditionOf(record: WorkerRecord, nowMs: number): WorkerCondition {
  return silenceMs(record, nowMs) > silentAfterMs ? 'silent' : record.state;
}

/**
 * Whether this process can see the other's pid: same machine since the same start of it, same space of pids. A machine
 * that has started anew and a copy of it that bears its name and id look alike, so neither is a neighbour.
 */
export function isNeighbour(record: WorkerRecord): boolean {
  const { boot, pidSpace } = ownPlace();
  return isOfThisMachine(record) && record.boot === boot && record.pidSpace === pidSpace;
}

/** Whether a worker runs on this machine, or ran before its last restart, as far as names and ids tell. */
export function isOfThisMachine(record: WorkerRecord): boolean {
  const { host, machine } = ownPlace();
  return record.host === host && record.machine === machine;
}

/** Whether a neighbour's process has ended. */
export function hasEnded(record: WorkerRecord): boolean {
  return !isAlive(record);
}

/** Processes that this machine has killed for memory since it started; null where the system doesn't tell. */
export function oomKills(): number | null {
  const counted = /^oom_kill (\d+)$/m.exec(readSystem('/proc/vmstat'))?.[1];
  return counted === undefined ? null : Number(counted);
}

type Place = Pick<WorkerRecord, 'host' | 'pidSpace' | 'machine' | 'boot'>;
let place: Place | null = null;

/** Where this process runs. It stays there: read once, though each heartbeat asks for it. */
export function ownPlace(): Place {
  place ??= {
    host: hostname(),
    pidSpace: pidSpaceId(),
    machine: machineId(),
    boot: readSystem('/proc/sys/kernel/random/boot_id').trim(),
  };
  return place;
}

/** A digest: the id itself is not to be passed around. */
function machineId(): string {
  const id = readSystem('/etc/machine-id').trim();
  return id === '' ? '' : createHash('sha256').update(`skillgrad ${id}`).digest('hex').slice(0, 32);
}

function pidSpaceId(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    // No Linux, or a system that hides it: the host's name has to do.
    return '';
  }
}

function readSystem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // No Linux, or none of it for us: what can't be read is not known.
    return '';
  }
}
