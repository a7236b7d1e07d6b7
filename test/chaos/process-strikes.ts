import { processTree, type ProcessId } from '../../sandbox/process-tree';
import { isAlive, type ProcessIdentity } from '../../workers/process-identity';
import { readState } from '../../workers/state-file';
import { ServerState, serverProcess } from '../../workers/server-state';
import { until } from '../cli/command-line';
import type { WorkerProcess } from '../end-to-end/deployment';
import type { ChaosKind } from './fault-kinds';
import type { RunUnderFire } from './run-under-fire';

/** Beyond the heartbeat timeout of activities, 5 s, with what the server needs to notice. */
const frozenMs = 6500;
/** Starts of a worker before one is given up that other strikes hit while it starts. */
const mostStarts = 5;

type ProcessKind = Extract<ChaosKind, `${'kill' | 'freeze'}-${'worker' | 'workers' | 'server' | 'all'}`>;

function send(process_: ProcessIdentity, signal: NodeJS.Signals): void {
  if (isAlive(process_)) process.kill(process_.pid, signal);
}

async function server({ deployment }: RunUnderFire): Promise<ProcessIdentity> {
  const state = await readState(deployment.home.temporal.state, ServerState);
  if (state === null) throw new Error('the deployment has no Temporal server');
  return serverProcess(state);
}

/** Starts the worker of this name unless it runs, as whoever looks after a deployment would. */
export async function startWorker(fire: RunUnderFire, name: string): Promise<void> {
  for (let starts = 1; ; starts += 1) {
    try {
      fire.workers.set(name, await fire.deployment.startWorker(name));
      return;
    } catch (error) {
      if (starts === mostStarts) throw error;
    }
  }
}

function chosen({ workers }: RunUnderFire, draw: number): [string, WorkerProcess] {
  const entries = [...workers];
  const entry = entries[Math.floor(draw * entries.length)];
  if (entry === undefined) throw new Error('the run has no worker');
  return entry;
}

/** Workers that a kind of strike hits, by name. */
function workersHit(
  fire: RunUnderFire,
  kind: ProcessKind | 'terminate-worker',
  draw: number,
): Map<string, WorkerProcess> {
  if (kind === 'kill-server') return new Map();
  return kind.endsWith('-worker') ? new Map([chosen(fire, draw)]) : new Map(fire.workers);
}

type Signal = (name: NodeJS.Signals) => void;

/** The worker proper, which its supervisor started last; null while there is none. */
const workerProper = (worker: WorkerProcess): ProcessId | null => processTree(worker.pid).members[1] ?? null;

/** In half of the strikes at one worker its supervisor lives, and starts it again. */
const spares = (kind: ProcessKind | 'terminate-worker', draw: number): boolean =>
  kind === 'kill-worker' && (draw * 100) % 1 < 0.5;

/** Kills or freezes workers, the server or all of it, and brings back what was hit and has nobody who does. */
export async function strikeProcesses(
  fire: RunUnderFire,
  kind: ProcessKind | 'terminate-worker',
  draw: number,
): Promise<void> {
  const hit = workersHit(fire, kind, draw);
  const signals: Signal[] = [...hit.values()].map((worker) => (name) => worker.signal(name));
  if (kind === 'kill-server' || kind.endsWith('-all')) {
    const identity = await server(fire);
    signals.push((name) => send(identity, name));
  }
  if (kind.startsWith('freeze')) {
    for (const signal of signals) signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, frozenMs));
    for (const signal of signals) signal('SIGCONT');
    return;
  }
  if (spares(kind, draw)) {
    for (const proper of [...hit.values()].map(workerProper)) if (proper !== null) process.kill(proper.pid, 'SIGKILL');
    return;
  }
  for (const signal of signals) signal(kind === 'terminate-worker' ? 'SIGTERM' : 'SIGKILL');
  await Promise.all(
    [...hit].map(async ([name, worker]) => {
      await until(`worker ${worker.pid} has ended`, () => !isAlive(worker));
      await startWorker(fire, name);
    }),
  );
}
