import { Fault } from '../records/fault';
import { paperSplit } from '../records/paper-protocol';
import type { TaskPool } from '../records/plan';
import type { RunConfig } from '../records/run-config';
import { shuffled } from '../records/seeded';

/** Fewer held-out tasks than this say too little about the result. */
const fewestHeldOut = 8;

/** Tasks by pool; `scaledDown` says what had to give where a protocol asks for more tasks than there are. */
export type Split<Entry> = Record<TaskPool, Entry[]> & { scaledDown: string | null };

/**
 * Splits tasks into validation, training pool and held-out, as the run's `sampling` says.
 *
 * @throws Fault `input.too-few-tasks` with the counts when fewer than 8 are left to hold out.
 */
export function splitTasks<Entry>(entries: readonly Entry[], config: RunConfig): Split<Entry> {
  const split = config.sampling === 'paper' ? paperSplit(entries, config.seed, config) : seededSplit(entries, config);
  const { training, validation, heldOut } = split;
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
  return split;
}

/**
 * Shuffles tasks by the run's seed and deals them out. With fewer than asked for, validation is filled first, then the
 * training pool, then held-out with the rest.
 */
function seededSplit<Entry>(entries: readonly Entry[], config: RunConfig): Split<Entry> {
  const order = shuffled(entries, config.seed, 'split');
  const wantedPool =
    config.trainingPool ?? Math.max(config.trainTasks, order.length - config.validationTasks - config.heldOutTasks);
  const validation = order.slice(0, config.validationTasks);
  const training = order.slice(validation.length, validation.length + wantedPool);
  const from = validation.length + training.length;
  const heldOut = order.slice(from, from + config.heldOutTasks);
  return { training, validation, heldOut, scaledDown: null };
}
