import { worldRoles } from '../simulator/worlds/world-roles';
import { deploy } from '../test/end-to-end/deployment';
import { startDispatchRun } from './dispatch-run';

/** Throughput of one number of worker processes. */
export interface WorkersFigures {
  workers: number;
  /** Tasks executed and scored a second in one `evaluate`. */
  tasksPerSecond: number;
  /** Against one worker's, and that as a share of the number of workers. */
  speedUp: number;
  ofIdeal: number;
}

/** Slots of a worker; the run asks for as many as all have, so that the workers are the limit. */
const slotsPerWorker = 4;
const tasks = 120;
const latencyMs = 400;

async function tasksPerSecond(workers: number): Promise<number> {
  const deployment = await deploy({ latencyMs, roles: worldRoles });
  try {
    const env = { SKILLGRAD_CONCURRENCY: String(slotsPerWorker) };
    for (let index = 1; index <= workers; index += 1) await deployment.startWorker(`worker-${index}`, env);
    const sizes = { trainingPool: 8, validationTasks: 1, heldOutTasks: tasks };
    await startDispatchRun(deployment, 'measured', {
      ...{ ...sizes, method: 'seed-skill', confirmation: false, concurrency: slotsPerWorker * workers },
    });
    await deployment.result('measured');
    const evaluation = await deployment.client.workflow.getHandle('measured/held-out').describe();
    const wallMs = (evaluation.closeTime?.getTime() ?? NaN) - evaluation.startTime.getTime();
    return (tasks / wallMs) * 1000;
  } finally {
    await deployment.stop();
  }
}

/**
 * One queue served by 1, 2 and 4 worker processes of four slots each, under a load that waits for the model nearly all
 * of its time: the ideal is as many times the throughput of one.
 */
export async function measureWorkers(report: (line: string) => void): Promise<WorkersFigures[]> {
  const figures: WorkersFigures[] = [];
  for (const workers of [1, 2, 4]) {
    report(`${workers} worker processes`);
    const throughput = await tasksPerSecond(workers);
    const speedUp = throughput / (figures[0]?.tasksPerSecond ?? throughput);
    figures.push({ workers, tasksPerSecond: throughput, speedUp, ofIdeal: speedUp / workers });
  }
  return figures;
}
