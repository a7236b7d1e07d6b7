import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { codeDigest } from '../../study/code-digest';
import { skillgradHome } from '../../workers/home';
import { endProcess } from '../../workers/process-identity';
import { listProcesses } from '../../workers/processes';
import { stopServer } from '../../workers/server';
import { unmountDisk } from '../mount-disk';
import { readRows, resultsOf, writeResults, type ChaosResults, type Row } from './results';
import { failedRow, runSchedule } from './run-schedule';
import { scheduleOf, type Schedule } from './schedule';
import { makeUndisturbed, type Undisturbed } from './undisturbed';

export interface ChaosPlan {
  seed: number;
  /** Schedules from number 0; or the numbers of those to run. */
  schedules: number;
  only: readonly number[] | null;
  /** Folder of the deployments, emptied as they end. */
  dir: string;
  /** File of the results, written after each schedule; null: none. */
  json: string | null;
  /** Schedules at a time (default 1). */
  parallel?: number;
}

/** Ends and removes what an invocation that was killed has left. */
async function sweep(dir: string): Promise<void> {
  if (!existsSync(dir)) return;
  for (const name of readdirSync(dir).filter((entry) => /^(schedule|undisturbed)-/.test(entry))) {
    const home = skillgradHome({ SKILLGRAD_HOME: join(dir, name) });
    for (const process_ of await listProcesses(home)) {
      process.kill(-process_.pid, 'SIGCONT');
      await endProcess(process_, 2000);
    }
    if (existsSync(home.temporal.folder)) await stopServer(home);
    unmountDisk(home.store);
    rmSync(home.root, { recursive: true, force: true });
  }
}

/** Makes the undisturbed run of a benchmark once, when it is first needed. */
function references(
  dir: string,
  report: (line: string) => void,
): (benchmark: Schedule['benchmark']) => Promise<Undisturbed> {
  const made = new Map<Schedule['benchmark'], Promise<Undisturbed>>();
  return (benchmark) => {
    const known = made.get(benchmark) ?? makeUndisturbed(dir, benchmark);
    if (!made.has(benchmark)) {
      known.then(
        ({ spending, wallMs }) =>
          report(`undisturbed (${benchmark}): ${spending.calls} calls, ${(wallMs / 1000).toFixed(1)} s`),
        // Its schedules say so.
        () => undefined,
      );
    }
    made.set(benchmark, known);
    return known;
  };
}

/**
 * Runs the schedules of a plan that its file doesn't hold yet, each in a deployment of its own.
 *
 * @param signal no further schedule is begun once it is aborted; the one under way ends first
 */
export async function runChaos(
  { seed, schedules, only, dir, json, parallel = 1 }: ChaosPlan,
  report: (line: string, row?: Row) => void,
  signal: AbortSignal = new AbortController().signal,
): Promise<ChaosResults> {
  const code = await codeDigest(['store', 'sandbox', 'workers', 'test/chaos']);
  const rows = json === null ? [] : await readRows(json, seed, code);
  const wanted = only ?? Array.from({ length: schedules }, (_, index) => index);
  const open = wanted.filter((index) => only !== null || !rows.some((row) => row.index === index));
  report(`${wanted.length} schedules, of which ${wanted.length - open.length} are there already`);
  await sweep(dir);
  const undisturbed = references(dir, report);
  let written: Promise<void> = Promise.resolve();
  const lane = async (): Promise<void> => {
    for (let index = open.shift(); index !== undefined && !signal.aborted; index = open.shift()) {
      const schedule = scheduleOf(seed, index);
      const row = await undisturbed(schedule.benchmark)
        .then((reference) => runSchedule(dir, schedule, reference))
        .catch((error: unknown) => failedRow(schedule, error));
      rows.splice(0, rows.length, ...rows.filter((other) => other.index !== row.index), row);
      // One after the other, so that the file never loses a row.
      if (json !== null) written = written.then(() => writeResults(json, resultsOf(seed, code, rows)));
      await written;
      report('', row);
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return resultsOf(seed, code, rows);
}
