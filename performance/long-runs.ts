import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureScale, type ScaleFigures } from './scale';
import { measureWorkers, type WorkersFigures } from './worker-processes';

const help = `npm run scale -- [options]

Measures a run of many light tasks over several epochs (sizes of histories, memory, disk), then the throughput of 1, 2
and 4 worker processes on one queue. The model is simulated.

  --tasks N      tasks to learn from (default 1000)
  --epochs N     (default 3)
  --only NAME    run or workers
  --json FILE    write the figures as JSON`;

function scaleText(figures: ScaleFigures): string {
  const { tasks, epochs, steps, evaluated, rollouts, wallSeconds } = figures;
  const pair = ([middle, last]: [number, number]): string =>
    `${middle.toFixed(0)} MB in the middle third, ${last.toFixed(0)} MB in the last (× ${(last / middle).toFixed(2)})`;
  const executions = Object.entries(figures.executions).map(([id, count]) => `${id} ${count}`);
  return [
    `${tasks} tasks × ${epochs} epochs: ${steps} steps, ${rollouts} rollouts, ${evaluated} tasks in one evaluate; ${wallSeconds.toFixed(0)} s`,
    `largest history    ${figures.largestHistoryEvents} events, ${figures.largestHistoryMegabytes.toFixed(2)} MB; largest event ${figures.largestEventKilobytes.toFixed(1)} kB`,
    `executions         ${executions.join(', ')}`,
    `worker's memory    ${pair(figures.workerMegabytes)}`,
    `client's memory    ${pair(figures.clientMegabytes)}`,
    `disk a rollout     ${figures.storeKilobytesPerRollout.toFixed(1)} kB of store, ${figures.databaseKilobytesPerRollout.toFixed(1)} kB of the server's database`,
  ].join('\n');
}

function workersText(figures: readonly WorkersFigures[]): string {
  return figures
    .map(
      ({ workers, tasksPerSecond, speedUp, ofIdeal }) =>
        `${workers} worker processes: ${tasksPerSecond.toFixed(1)} tasks a second, × ${speedUp.toFixed(2)}, ${(100 * ofIdeal).toFixed(0)} % of ideal`,
    )
    .join('\n');
}

function wholeNumber(flag: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${flag}: expected a whole number above 0, got "${text}". See --help.`);
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { tasks: text, epochs: text, only: text, json: text, help: { type: 'boolean' } },
  });
  if (values.help === true) return console.log(help);
  const { only } = values;
  if (only !== undefined && only !== 'run' && only !== 'workers') {
    throw new Error(`--only: expected run or workers, got "${only}". See --help.`);
  }
  const report = (line: string): void => console.error(line);
  const run =
    only === 'workers'
      ? null
      : await measureScale(wholeNumber('tasks', values.tasks ?? '1000'), wholeNumber('epochs', values.epochs ?? '3'));
  if (run !== null) console.log(scaleText(run));
  const workers = only === 'run' ? null : await measureWorkers(report);
  if (workers !== null) console.log(workersText(workers));
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify({ model: 'simulated', run, workers }, null, 2)}\n`);
  }
}

void main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
