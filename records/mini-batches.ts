import { shuffled } from './seeded';

/**
 * The mini-batches of one epoch (schedule `epoch`): one pass over the training tasks in an order seeded by run seed and
 * epoch, cut into batches of `batchSize`; the last one may be short.
 *
 * @param epoch from 1; each epoch has an order of its own.
 * @throws RangeError when `batchSize` is not a positive whole number.
 */
export function miniBatches<T>(tasks: readonly T[], batchSize: number, seed: number, epoch: number): T[][] {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`batch size: expected a whole number from 1, got ${batchSize}; set --batch-size`);
  }
  const order = shuffled(tasks, seed, 'mini-batches', epoch);
  return Array.from({ length: Math.ceil(order.length / batchSize) }, (_, index) =>
    order.slice(index * batchSize, (index + 1) * batchSize),
  );
}
