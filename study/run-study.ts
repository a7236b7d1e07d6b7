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

/**
 * Makes the runs of a plan that its folder doesn't hold yet, several at a time on one server and one worker. Each result
 * is written down as it comes. A run that fails holds up no other.
 */
export async function runStudy(plan: StudyPlan, report: (line: string) => void): Promise<StudyOutcome> {
  const code = await codeDigest();
  const results = join(plan.dir, 'results');
  const done = new Map((await readResults(results, code)).map((run) => [nameOf(run), run]));
  const cells = cellsOf(plan);
  const open = cells.filter((cell) => !done.has(nameOf(cell)));
  const failures: StudyOutcome['failures'] = [];
  report(`${cells.length} runs, of which ${cells.length - open.length} are there already`);
  const made = open.length;
  let cpuSecondsPerRun: number | null = null;
  if (open.length > 0) {
    const deployment = await deployStudy(plan.dir, report);
    try {
      const before = deployment.cpuSeconds();
      const lane = async (): Promise<void> => {
        for (let cell = open.shift(); cell !== undefined; cell = open.shift()) {
          try {
            const run = await runOnce(deployment, cell, code);
            await writeResult(results, run);
            done.set(nameOf(cell), run);
            const { seed, final } = run.expected;
            report(
              `${nameOf(cell)}: ${seed.toFixed(3)} → ${final.toFixed(3)}, ${run.accepted} of ${run.steps} accepted`,
            );
          } catch (error) {
            failures.push({ cell, error });
            report(`${nameOf(cell)} failed: ${error instanceof Error ? error.message : String(error)}`);
          }
        }
      };
      await Promise.all(Array.from({ length: plan.parallel }, lane));
      const after = deployment.cpuSeconds();
      cpuSecondsPerRun = before === null || after === null ? null : (after - before) / made;
    } finally {
      await deployment.close();
    }
  }
  const runs = cells.flatMap((cell) => done.get(nameOf(cell)) ?? []);
  return { runs, failures, made, cpuSecondsPerRun };
}
