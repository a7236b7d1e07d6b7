import type { RunConfig } from './run-config';
import { shuffled } from './seeded';

/** The order of the training tasks in a round through them, from 1. */
export type Rounds<T> = (round: number) => readonly T[];
type Schedule = Pick<RunConfig, 'schedule' | 'batchSize' | 'updates'>;

/** Rounds in an order of their own each, seeded by the run's seed. */
export function seededRounds<T>(tasks: readonly T[], seed: number): Rounds<T> {
  return (round) => shuffled(tasks, seed, 'mini-batches', round);
}

/**
 * The mini-batches of an epoch. Schedule `epoch`: one pass over the tasks, cut into batches of `batchSize`; the last one
 * may be short. Schedule `fixed-updates`: exactly `updates` full batches; tasks are reshuffled whenever they are used up,
 * and a batch that goes over from one round to the next has none of them twice.
 *
 * @param epoch from 1; each epoch is a round of its own. Fixed updates have one epoch, of as many rounds as they need.
 * @throws RangeError when `batchSize` is not a positive whole number, or larger than the pool of full batches, or when fixed updates
 * have no number.
 */
export function miniBatches<T>(rounds: Rounds<T>, config: Schedule, epoch: number): T[][] {
  const { batchSize, updates } = config;
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`batch size: expected a whole number from 1, got ${batchSize}; set --batch-size`);
  }
  if (config.schedule === 'fixed-updates') return fullBatches(rounds, batchSize, fixedUpdates(updates));
  const order = rounds(epoch);
  return Array.from({ length: batchCount(config, order.length) }, (_, index) =>
    order.slice(index * batchSize, (index + 1) * batchSize),
  );
}

/** Mini-batches of an epoch over `tasks` training tasks. Throws RangeError when fixed updates have no number. */
export function batchCount({ schedule, batchSize, updates }: Schedule, tasks: number): number {
  return schedule === 'fixed-updates' ? fixedUpdates(updates) : Math.ceil(tasks / batchSize);
}

function fixedUpdates(updates: number | null): number {
  if (updates === null) throw new RangeError('schedule fixed-updates: expected a number of updates, got none');
  return updates;
}

/** What is wrong where full batches are larger than the training tasks, and what to do; null where they are not. */
export function oversizedBatch({ schedule, batchSize }: Schedule, tasks: number): string | null {
  if (schedule !== 'fixed-updates' || batchSize <= tasks) return null;
  return (
    `schedule fixed-updates: a full batch of ${batchSize} is larger than the ${tasks} training tasks; ` +
    `set --batch-size to ${Math.max(1, tasks)} or less, or raise --train-tasks and --training-pool`
  );
}

function fullBatches<T>(rounds: Rounds<T>, batchSize: number, updates: number): T[][] {
  const batches: T[][] = [];
  let queue: T[] = [];
  for (let round = 0; batches.length < updates;) {
    const batch = queue.splice(0, batchSize);
    if (batch.length < batchSize) {
      round += 1;
      const order = rounds(round);
      if (order.length < batchSize) {
        throw new RangeError(`batch size: ${batchSize} is larger than the pool of ${order.length}; set --batch-size`);
      }
      const repeats = new Set(batch);
      queue = [...order.filter((task) => !repeats.has(task)), ...order.filter((task) => repeats.has(task))];
      batch.push(...queue.splice(0, batchSize - batch.length));
    }
    batches.push(batch);
  }
  return batches;
}
