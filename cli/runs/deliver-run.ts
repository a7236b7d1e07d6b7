import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { MomentumRecord } from '../../records/momentum';
import { RunPlan } from '../../records/plan';
import type { RunResult } from '../../records/progress';
import { openStore } from '../../store/artifact-store';
import type { Home } from '../../workers/home';
import type { Output } from '../terminal/output';
import { keptHistories } from './kept-histories';
import { readRunResult } from './run-state';
import { skillDiff } from './skill-diff';
import { isFree } from './write-folder';
import { writeResult, type WrittenResult } from './write-result';

export interface DeliveredRun {
  result: RunResult;
  plan: RunPlan;
  /** Unified diff from the seed skill to the delivered one; '' when they are equal. */
  diff: string;
  written: WrittenResult;
}

/** A new folder for a result that nobody has named one for: `results/<run>`, or `results/<run>-2` and so on. */
export async function freeResultFolder(home: Home, run: string): Promise<string> {
  for (let number = 1; ; number++) {
    const folder = join(home.root, 'results', number === 1 ? run : `${run}-${number}`);
    if (await isFree(folder)) return folder;
  }
}

/**
 * Writes the result of a run that ended well into a folder, with its report data and histories.
 *
 * @param patienceMs how long to wait for histories that the worker has yet to export
 * @throws UserError when the run has no result or the folder isn't empty
 */
export async function deliverRun(
  client: Client,
  home: Home,
  run: string,
  folder: string,
  patienceMs: number,
  output: Output,
): Promise<DeliveredRun> {
  return deliverResult(client, home, await readRunResult(client, run, home), folder, patienceMs, output);
}

/**
 * Writes a run's result as `deliverRun` does.
 *
 * @param client null: its histories are taken from the store alone
 */
export async function deliverResult(
  client: Client | null,
  home: Home,
  result: RunResult,
  folder: string,
  patienceMs: number,
  output: Output,
): Promise<DeliveredRun> {
  const store = await openStore(home.store);
  const plan = await store.getJson(RunPlan, result.plan);
  const [seed, skill] = await Promise.all([store.getTree(result.seedSkill), store.getTree(result.finalSkill)]);
  const { histories, missing, damaged } = await keptHistories(client, store, result.run, patienceMs);
  damaged.forEach(output.warn);
  if (missing > 0) output.warn(`${missing} of the run's histories are not exported yet; a worker does that.`);
  const { config, skillName, excluded, prices, preparedBy } = plan;
  const sizes = {
    training: plan.training.length,
    validation: plan.validation.length,
    heldOut: plan.heldOut.length,
  };
  const written = await writeResult(folder, {
    skillName,
    skill,
    seed,
    report: { ...result, finished: true, skillName, sizes, excluded, prices, config, preparedBy },
    momentum: result.momentum === null ? null : await store.getJson(MomentumRecord, result.momentum),
    histories,
  });
  return { result, plan, diff: skillDiff(seed, skill), written };
}
