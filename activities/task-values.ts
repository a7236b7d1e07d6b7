import type { RunPlan } from '../records/plan';
import { Score } from '../records/score';
import type { PatchInput } from '../records/stages';
import { Task } from '../records/task';
import { expectedValuesIn, taskValuesIn } from '../skill/task-values';
import type { ArtifactStore } from '../store/artifact-store';
import { readRollouts } from './pages';

/**
 * Values of training tasks that must not enter a skill's body, sorted: cell addresses, file names and literals of their
 * prompts, and distinctive values that their scores name as expected, which diagnoses pass on.
 */
export async function taskValuesOf(
  store: ArtifactStore,
  { training }: Pick<RunPlan, 'training'>,
  { scores, trainingSet }: Pick<PatchInput, 'scores' | 'trainingSet'>,
): Promise<string[]> {
  const values = new Set<string>();
  for (const { task } of training) valuesOfTask(await store.getJson(Task, task)).forEach((value) => values.add(value));
  // Contrasts, and the record, pass on what the base rollouts' scores named.
  const base = (await readRollouts(store, trainingSet)).map(({ score }) => score);
  for (const ref of new Set([...scores, ...base])) {
    const { mismatches } = await store.getJson(Score, ref);
    mismatches.flatMap(({ expected }) => expectedValuesIn(expected)).forEach((value) => values.add(value));
  }
  return [...values].sort();
}

/** The values of one task; names that every task gives its files are none. */
function valuesOfTask({ prompt, inputs, outputs }: Task): string[] {
  const general = new Set([...inputs.map(({ path }) => path), ...outputs]);
  return taskValuesIn(prompt).filter((value) => !general.has(value));
}
