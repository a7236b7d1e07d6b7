import { unreachableGate } from '../records/gate-reach';
import { oversizedBatch } from '../records/mini-batches';
import type { TaskPool } from '../records/plan';
import type { RunConfig } from '../records/run-config';

/**
 * A setting that the tasks at hand make impossible: a gate's level or lead out of reach, full batches larger than the
 * training tasks. Told before anything is spent.
 *
 * @returns what is wrong, with the numbers and flags that help; null when all can be kept
 */
export function impossibleSetting(config: RunConfig, split: Record<TaskPool, readonly unknown[]>): string | null {
  // Baselines have neither gate nor schedule.
  if (config.method !== 'skillgrad') return null;
  return (
    unreachableGate(config.gate, split.validation.length) ??
    oversizedBatch(config, Math.min(config.trainTasks, split.training.length))
  );
}
