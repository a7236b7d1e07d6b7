import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { worldRoles } from '../simulator/worlds/world-roles';
import { deploy, type Deployment } from '../test/end-to-end/deployment';
import { historiesOf } from '../test/end-to-end/histories';
import { startDispatchRun } from './dispatch-run';

/** What a long run grows to. Memory is the resident set of a process over the middle third and the last third of the run. */
export interface ScaleFigures {
  tasks: number;
  epochs: number;
  steps: number;
  /** Tasks of the longest `evaluate`, the base rollouts. */
  evaluated: number;
  /** Rollouts in all. */
  rollouts: number;
  /** Executions of the workflows, each with its own history. */
  executions: Record<string, number>;
  largestHistoryEvents: number;
  largestHistoryMegabytes: number;
  largestEventKilobytes: number;
  workerMegabytes: [number, number];
  clientMegabytes: [number, number];
  storeKilobytesPerRollout: number;
  databaseKilobytesPerRollout: number;
  wallSeconds: number;
}

const sampleEveryMs = 2000;

/** Resident set of a process in MB; null once it is gone. */
function residentMegabytes(pid: number): number | null {
  try {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) / 1000;
  } catch {
    return null;
  }
}

/** Medians of the middle third and of the last third: what still grows differs between them. */
function lateMedians(samples: readonly number[]): [number, number] {
  const third = Math.floor(samples.length / 3);
  const median = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
  return [median(samples.slice(third, 2 * third)), median(samples.slice(2 * third))];
}

async function bytesUnder(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => stat(join(entry.parentPath, entry.name))),
  );
  return sizes.reduce((sum, { blocks }) => sum + blocks * 512, 0);
}

/** Follows a run as a person does, with `skillgrad watch`. */
function watch({ home }: Deployment, run: string): ChildProcess {
  return spawn(process.execPath, [join(__dirname, '..', 'cli', 'skillgrad.cjs'), 'watch', run], {
    env: { ...process.env, SKILLGRAD_HOME: home.root },
    stdio: 'ignore',
  });
}

/**
 * A run of many light tasks over several epochs, patience off and gate off, whose base rollouts are one `evaluate` of
 * more tasks than that: sizes of its histories, memory of the worker and of a client that follows it, disk a rollout.
 */
export async function measureScale(tasks: number, epochs: number): Promise<ScaleFigures> {
  const deployment = await deploy({ latencyMs: 0, roles: worldRoles });
  try {
    const { workerPid } = await deployment.startWorker();
    const run = 'long';
    const started = Date.now();
    // About one base rollout in eight succeeds, and teaches nothing.
    const pool = Math.ceil(tasks * 1.25);
    await startDispatchRun(deployment, run, {
      ...{ trainTasks: tasks, trainingPool: pool, validationTasks: 1, heldOutTasks: 8, epochs, concurrency: 8 },
      ...{ patience: null, gate: { policy: 'none' }, confirmation: false },
    });
    const client = watch(deployment, run);
    const memory = { worker: [] as number[], client: [] as number[] };
    const sampler = setInterval(() => {
      for (const [name, id] of [
        ['worker', workerPid],
        ['client', client.pid ?? 0],
      ] as const) {
        const size = residentMegabytes(id);
        if (size !== null) memory[name].push(size);
      }
    }, sampleEveryMs);
    const { steps } = await deployment.result(run).finally(() => clearInterval(sampler));
    const wallSeconds = (Date.now() - started) / 1000;
    client.kill();
    const histories = await historiesOf(deployment, run);
    const executions: Record<string, number> = {};
    for (const { workflowId } of histories) executions[workflowId] = (executions[workflowId] ?? 0) + 1;
    const rollouts = histories
      .flatMap(({ activityTypes }) => activityTypes)
      .filter((type) => type === 'execute').length;
    return {
      ...{ tasks, epochs, steps: steps.length, evaluated: pool, rollouts, executions, wallSeconds },
      largestHistoryEvents: Math.max(...histories.map(({ events }) => events)),
      largestHistoryMegabytes: Math.max(...histories.map(({ bytes }) => bytes)) / 1e6,
      largestEventKilobytes: Math.max(...histories.map(({ largestEventBytes }) => largestEventBytes)) / 1e3,
      workerMegabytes: lateMedians(memory.worker),
      clientMegabytes: lateMedians(memory.client),
      storeKilobytesPerRollout: (await bytesUnder(deployment.home.store)) / 1e3 / rollouts,
      databaseKilobytesPerRollout: (await bytesUnder(deployment.home.temporal.folder)) / 1e3 / rollouts,
    };
  } finally {
    await deployment.stop();
  }
}
