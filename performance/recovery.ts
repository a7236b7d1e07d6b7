import { isAlive } from '../workers/process-identity';
import { until } from '../test/cli/command-line';
import { deploy, type Deployment, type WorkerProcess } from '../test/end-to-end/deployment';

/** How a worker is ended before another is started in its place. */
export type End = 'kill -9' | 'SIGTERM';

/** Longer than a worker needs to start, so that what is measured is never a call that was sent before. */
const latencyMs = 3000;

/**
 * Ends a worker in the middle of model calls and starts another, `repetitions` times.
 *
 * @returns milliseconds from each start of the new worker's process to the first model call that reaches the model
 */
export async function measureRecovery(end: End, repetitions: number): Promise<number[]> {
  const deployment = await deploy({ latencyMs });
  try {
    let worker = await deployment.startWorker();
    const measured: number[] = [];
    for (let repetition = 1; repetition <= repetitions; repetition += 1) {
      const run = `run-${repetition}`;
      await deployment.startRun(run, { method: 'seed-skill', heldOutTasks: 8, concurrency: 2 });
      await until('the model is asked', () => arrivals(deployment).some(({ call }) => call.startsWith(`${run}/`)));
      await ended(worker, end);
      const before = arrivals(deployment).length;
      const startedMs = Date.now();
      worker = await deployment.startWorker();
      await until('the model is asked again', () => arrivals(deployment).length > before);
      const calls = arrivals(deployment).slice(before);
      const first = Math.min(...calls.map(({ arrivedAtMs }) => arrivedAtMs)) - startedMs;
      process.stderr.write(`  ${first} ms\n`);
      measured.push(first);
      await deployment.client.workflow.getHandle(run).terminate('measured');
    }
    return measured;
  } finally {
    await deployment.stop();
  }
}

async function ended(worker: WorkerProcess, end: End): Promise<void> {
  if (end === 'kill -9') return worker.kill();
  process.kill(worker.pid, 'SIGTERM');
  await until(`worker ${worker.pid} has drained`, () => !isAlive(worker));
}

/** Calls in the order of their arrival. */
function arrivals({ simulator }: Deployment): { call: string; arrivedAtMs: number }[] {
  return Object.values(simulator.stats().byCall)
    .flat()
    .sort((a, b) => a.order - b.order);
}
