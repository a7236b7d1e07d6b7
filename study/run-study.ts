import { join } from 'node:path';
import type { WorldName } from '../simulator/worlds/world';
import { codeDigest } from './code-digest';
import { deployStudy } from './deployment';
import { nameOf, readResults, writeResult, type Cell, type StudyRun } from './results';
import { runOnce } from './run-once';
import { settingsFor, type SettingName } from './settings';

export interface StudyPlan {
  /** Folder of results, data and home. */
  dir: string;
  worlds: readonly WorldName[];
  /** null: those that each world is studied with. */
  settings: readonly SettingName[] | null;
  /** Runs of each world and setting, with seeds from 1. */
  seeds: number;
  /** Runs at a time. */
  parallel: number;
}

export interface StudyOutcome {
  /** All runs of the plan that have finished, now or before, in its order. */
  runs: StudyRun[];
  failures: { cell: Cell; error: unknown }[];
  /** Runs made now, and the CPU seconds that one of them took on average; null where nothing ran or nobody knows. */
  made: number;
  cpuSecondsPerRun: number | null;
}

/** Seed by seed, so that a study that is cut short has whole rows of pairs. */
function cellsOf({ worlds, settings, seeds }: StudyPlan): Cell[] {
  return Array.from({ length: seeds }, (_, index) => index + 1).flatMap((seed) =>
    worlds.flatMap((world) => (settings ?? settingsFor(world)).map((setting) => ({ world, setting, seed }))),
  );
}

/** Takes the open runs one after the other, `parallel` at a time, until none is left or the signal says stop. */
async function makeRuns(
  open: Cell[],
  parallel: number,
  signal: AbortSignal,
  make: (cell: Cell) => Promise<void>,
): Promise<void> {
  const lane = async (): Promise<void> => {
    for (let cell = open.shift(); cell !== undefined && !signal.aborted; cell = open.shift()) await make(cell);
  };
  await Promise.all(Array.from({ length: parallel }, lane));
}

/**
 * Makes the runs of a plan that its folder doesn't hold yet, several at a time on one server and one worker. Each result
 * is written down as it comes. A run that fails holds up no other.
 *
 * @param signal stops server and worker; what was under way is joined by the next invocation
 */
export async function runStudy(
  plan: StudyPlan,
  report: (line: string) => void,
  signal: AbortSignal = new AbortController().signal,
): Promise<StudyOutcome> {
  const code = await codeDigest();
  const results = join(plan.dir, 'results');
  const done = new Map((await readResults(results, code)).map((run) => [nameOf(run), run]));
  const cells = cellsOf(plan);
  const open = cells.filter((cell) => !done.has(nameOf(cell)));
  const before = cells.length - open.length;
  const failures: StudyOutcome['failures'] = [];
  report(`${cells.length} runs, of which ${before} are there already`);
  let cpuSeconds: number | null = null;
  if (open.length > 0) {
    const deployment = await deployStudy(plan.dir, report);
    try {
      const startedAt = deployment.cpuSeconds();
      await makeRuns(open, plan.parallel, signal, async (cell) => {
        try {
          const run = await runOnce(deployment, cell, code, signal);
          await writeResult(results, run);
          done.set(nameOf(cell), run);
          const { seed, final } = run.expected;
          report(`${nameOf(cell)}: ${seed.toFixed(3)} → ${final.toFixed(3)}, ${run.accepted} of ${run.steps} accepted`);
        } catch (error) {
          // A run that nobody waits for any more has not failed.
          if (signal.aborted) return;
          failures.push({ cell, error });
          report(`${nameOf(cell)} failed: ${error instanceof Error ? error.message : String(error)}`);
        }
      });
      const endedAt = deployment.cpuSeconds();
      cpuSeconds = startedAt === null || endedAt === null ? null : endedAt - startedAt;
    } finally {
      await deployment.close();
    }
  }
  const runs = cells.flatMap((cell) => done.get(nameOf(cell)) ?? []);
  const made = runs.length - before;
  return { runs, failures, made, cpuSecondsPerRun: cpuSeconds === null || made === 0 ? null : cpuSeconds / made };
}
