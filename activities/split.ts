import { Fault } from '../records/fault';
import type { TaskPool } from '../records/plan';
import type { RunConfig } from '../records/run-config';
import { shuffled } from '../records/seeded';

/** Fewer held-out tasks than this say too little about the result. */
const fewestHeldOut = 8;

/**
 * Splits tasks, shuffled by the run's seed, into validation, training pool and held-out. With fewer tasks than asked
 * for, validation is filled first, then the training pool, then held-out with the rest.
 *
 * @throws Fault `input.too-few-tasks` with the counts when fewer than 8 are left to hold out.
 */
export function splitTasks<Entry>(entries: readonly Entry[], config: RunConfig): Record<TaskPool, Entry[]> {
  const order = shuffled(entries, config.seed, 'split');
  const wantedPool =
    config.trainingPool ?? Math.max(config.trainTasks, order.length - config.validationTasks - config.heldOutTasks);
  const validation = order.slice(0, config.validationTasks);
  const training = order.slice(validation.length, validation.length + wantedPool);
  const from = validation.length + training.length;
  const heldOut = order.slice(from, from + config.heldOutTasks);
  if (heldOut.length < Math.min(fewestHeldOut, config.heldOutTasks) || training.length === 0) {
    const counts = `${validation.length} for validation, ${training.length} for the training pool, ${heldOut.length} held out`;
    throw new Fault(
      `${entries.length} usable tasks are too few: ${counts}; at least ${fewestHeldOut} must be held out`,
      {
        type: 'input.too-few-tasks',
        retryable: false,
        fix: 'add tasks to the data folder, or lower --validation-tasks or --train-tasks',
      },
    );
  }
  return { training, validation, heldOut };
}
