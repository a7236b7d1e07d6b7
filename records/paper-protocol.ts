import { pythonRandom } from './python-random';

/** The paper's numbers: of 400 tasks half are held out, and of those a tenth is for validation. */
const paperTasks = 400;
const heldOutSeed = 42;

interface PaperSplit<Entry> {
  training: Entry[];
  validation: Entry[];
  heldOut: Entry[];
  /** What had to give where there are fewer than 400 tasks; null otherwise. */
  scaledDown: string | null;
}

/**
 * The paper's split. The tasks, in the data's order, are shuffled by the run's seed as Python does: the first 200 are set
 * apart, the next ones are the training pool, in the data's order. Those set apart are shuffled by the seed 42: the first
 * are for validation, the next held out, so that a smaller set is a prefix of a larger one. With fewer than 400 tasks the
 * halves, and validation with them, shrink in proportion.
 *
 * @param sizes as asked for; validation is in proportion to 200 tasks set apart
 */
export function paperSplit<Entry>(
  entries: readonly Entry[],
  seed: number,
  sizes: { trainingPool: number | null; validationTasks: number; heldOutTasks: number },
): PaperSplit<Entry> {
  const order = pythonRandom(seed).shuffled(entries.map((_, index) => index));
  const half = Math.min(paperTasks, order.length) / 2;
  const apart = Math.floor(half);
  const validationTasks = Math.floor((sizes.validationTasks * apart) / (paperTasks / 2));
  const setApart = pythonRandom(heldOutSeed).shuffled(order.slice(0, apart));
  const pool = order.slice(apart, apart + Math.min(sizes.trainingPool ?? paperTasks / 2, Math.ceil(half)));
  const pick = (indices: readonly number[]): Entry[] => indices.map((index) => entries[index] as Entry);
  const split = {
    training: pick(pool.sort((a, b) => a - b)),
    validation: pick(setApart.slice(0, validationTasks)),
    heldOut: pick(setApart.slice(validationTasks, validationTasks + sizes.heldOutTasks)),
  };
  const { training, validation, heldOut } = split;
  const scaledDown =
    order.length >= paperTasks
      ? null
      : `the paper's split takes ${paperTasks} tasks; the ${order.length} here are split in proportion: ` +
        `${training.length} to find failures in, ${validation.length} for validation, ${heldOut.length} held out`;
  return { ...split, scaledDown };
}

/**
 * The paper's training set and its order in each round: `count` of all failures, drawn and ordered by two shuffles of one
 * generator; each further round is a new shuffle of that order by another generator of the same seed.
 *
 * @param failures in the data's order
 * @returns the order of a round, from 1
 */
export function paperRounds<T>(failures: readonly T[], count: number, seed: number): (round: number) => T[] {
  const drawing = pythonRandom(seed);
  const drawn = drawing.shuffled(failures).slice(0, count);
  const first = drawing.shuffled(drawn);
  return (round) => {
    const reshuffling = pythonRandom(seed);
    let order = first;
    for (let done = 1; done < round; done += 1) order = reshuffling.shuffled(first);
    return order;
  };
}
