import type { RunPlan } from '../records/plan';
import { Task } from '../records/task';
import { taskValuesIn } from '../skill/task-values';
import type { ArtifactStore } from '../store/artifact-store';

/** Cell addresses, file names and literals of the training tasks: values that must not enter a skill's body. */
export async function taskValuesOf(store: ArtifactStore, plan: RunPlan): Promise<string[]> {
  const values = new Set<string>();
  for (const { task } of plan.training)
    valuesOfTask(await store.getJson(Task, task)).forEach((value) => values.add(value));
  return [...values].sort();
}

/** The values of one task; names that every task gives its files are none. */
export function valuesOfTask({ prompt, inputs, outputs }: Task): string[] {
  const general = new Set([...inputs.map(({ path }) => path), ...outputs]);
  return taskValuesIn(prompt).filter((value) => !general.has(value));
}
