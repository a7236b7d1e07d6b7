import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureEpoch, type EpochFigures } from './epoch';
import { measureRecovery, type End } from './recovery';
import { measureScoring } from './scoring';

const repetitions = 3;

/** The repetition whose ratio is the median one. */
async function medianEpoch(latencyMs: number, gate: boolean): Promise<EpochFigures> {
  const runs: EpochFigures[] = [];
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    process.stderr.write(
      `epoch at ${latencyMs} ms a call, gate ${gate ? 'on' : 'off'}, ${repetition + 1}/${repetitions}\n`,
    );
    runs.push(await measureEpoch(latencyMs, gate));
  }
  runs.sort((a, b) => a.wallOverCriticalPath - b.wallOverCriticalPath);
  return runs[Math.floor(runs.length / 2)] as EpochFigures;
}

interface Row {
  name: string;
  value: number;
  target: string;
  measured: string;
}

const restarts = 10;

async function recovery(name: string, end: End, target: string): Promise<Row> {
  process.stderr.write(`${restarts} restarts after ${end}\n`);
  const seconds = (await measureRecovery(end, restarts)).map((ms) => ms / 1000).sort((a, b) => a - b);
  const shown = seconds.map((value) => value.toFixed(1)).join(' ');
  return {
    name,
    value: ((seconds[restarts / 2 - 1] ?? NaN) + (seconds[restarts / 2] ?? NaN)) / 2,
    target,
    measured: `seconds from the start of a worker's process to its first model call after ${end}: median of ${shown}`,
  };
}

/** How soon a worker that is started in the place of another goes on with what that one was doing. */
async function recoveries(): Promise<Row[]> {
  return [
    await recovery('recoverySecondsAfterKill', 'kill -9', '≤ 5'),
    await recovery('recoverySecondsAfterTerm', 'SIGTERM', '≤ 3'),
  ];
}

async function everything(): Promise<Row[]> {
  return [...(await ratios()), ...(await recoveries())];
}

async function ratios(): Promise<Row[]> {
  const fast = await medianEpoch(50, false);
  const slow = await medianEpoch(500, false);
  const gated = await medianEpoch(50, true);
  const gatedSlow = await medianEpoch(500, true);
  process.stderr.write('scoring\n');
  const scoring = await measureScoring();
  const ratio =
    `median of ${repetitions} epochs of ${fast.steps} steps at batch 4, gate off: wall time of the epoch's workflow over its ` +
    'longest chain of model latency and sandbox time as it ran';
  const cpu =
    'CPU time of worker and server (no sandboxed code, no simulator) from start to close of the epoch, a step';
  const history = "history of the epoch's workflow, a step, gate off";
  const gate = 'the same with a gate, its own workflow included: a race of at most 8 tasks in each step';
  return [
    { name: 'wallOverCriticalPath50ms', value: fast.wallOverCriticalPath, target: '≤ 2.0', measured: ratio },
    { name: 'wallOverCriticalPath500ms', value: slow.wallOverCriticalPath, target: '≤ 1.10', measured: ratio },
    { name: 'ownCpuSecondsPerStep', value: fast.ownCpuSecondsPerStep, target: '≤ 1.0', measured: cpu },
    { name: 'eventsPerStep', value: fast.eventsPerStep, target: '≤ 200', measured: history },
    { name: 'historyKilobytesPerStep', value: fast.historyKilobytesPerStep, target: '≤ 60', measured: history },
    {
      name: 'workbookPairsPerSecond',
      value: scoring.workbookPairsPerSecond,
      target: '≥ 20',
      measured: scoring.measured,
    },
    { name: 'gatedWallOverCriticalPath50ms', value: gated.wallOverCriticalPath, target: '', measured: gate },
    { name: 'gatedWallOverCriticalPath500ms', value: gatedSlow.wallOverCriticalPath, target: '', measured: gate },
    { name: 'gatedOwnCpuSecondsPerStep', value: gated.ownCpuSecondsPerStep, target: '', measured: gate },
    { name: 'gatedEventsPerStep', value: gated.eventsPerStep, target: '', measured: gate },
    { name: 'gatedHistoryKilobytesPerStep', value: gated.historyKilobytesPerStep, target: '', measured: gate },
  ];
}

/** Prints the table of measurements; `--json FILE` writes it too, `--only recovery` or `--only ratios` takes a part. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'string' }, only: { type: 'string' } } });
  const parts = new Map([
    ['recovery', recoveries],
    ['ratios', ratios],
  ]);
  const measure = values.only === undefined ? everything : parts.get(values.only);
  if (measure === undefined) throw new Error(`--only ${values.only}: expected ${[...parts.keys()].join(' or ')}`);
  const rows = await measure();
  for (const { name, value, target, measured } of rows) {
    console.log(`${name.padEnd(30)} ${value.toFixed(2).padStart(9)}  ${target.padEnd(7)} ${measured}`);
  }
  if (values.json !== undefined) {
    const document = {
      ...Object.fromEntries(rows.map(({ name, value }) => [name, value])),
      measured: Object.fromEntries(rows.map(({ name, measured }) => [name, measured])),
      model: 'simulated',
    };
    writeFileSync(values.json, `${JSON.stringify(document, null, 2)}\n`);
  }
}

void main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
