import type { RunPlan } from '../records/plan';
import { Task } from '../records/task';
import type { ArtifactStore } from '../store/artifact-store';

/** Cell addresses, ranges and file names of the training tasks: values that must not enter a skill's body. */
export async function taskValuesOf(store: ArtifactStore, plan: RunPlan): Promise<string[]> {
  const values = new Set<string>();
  for (const { task } of plan.training) {
    const { prompt } = await store.getJson(Task, task);
    for (const [value] of prompt.matchAll(/\b\$?[A-Z]{1,3}\$?\d{1,7}(:\$?[A-Z]{1,3}\$?\d{1,7})?\b/g)) values.add(value);
  }
  return [...values].sort();
}
