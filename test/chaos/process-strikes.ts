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

async function untilGone(worker: WorkerProcess): Promise<void> {
  await until(`worker ${worker.pid} is gone`, () => !isAlive(worker));
}

/** Kills or freezes workers, the server or all of it, and brings back what was hit. The server's supervisor restarts it. */
export async function strikeProcesses(
  fire: RunUnderFire,
  kind: ProcessKind | 'terminate-worker',
  draw: number,
): Promise<void> {
  const hit = workersHit(fire, kind, draw);
  const processes: ProcessIdentity[] = [...hit.values()];
  if (kind === 'kill-server' || kind.endsWith('-all')) processes.push(await server(fire));
  if (kind.startsWith('freeze')) {
    for (const one of processes) send(one, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, frozenMs));
    for (const one of processes) send(one, 'SIGCONT');
    return;
  }
  for (const one of processes) send(one, kind === 'terminate-worker' ? 'SIGTERM' : 'SIGKILL');
  await Promise.all(
    [...hit].map(async ([name, worker]) => {
      await untilGone(worker);
      await startWorker(fire, name);
    }),
  );
}
