import type { RunConfig } from './run-config';

/** The steps of a whole run, should it not stop early. */
export interface RunSteps {
  /** Mini-batches of an epoch, a step each. */
  batches: number;
  epochs: number;
  /** Whether each epoch ends with one more step, its slow update. */
  slowUpdates: boolean;
}

/**
 * The textual learning rate: edits at most in a step, from the first mini-batch's number to the last one's along a curve.
 * `constant` keeps the first one's number. Slow updates take no place on the curve.
 *
 * @param step of a mini-batch, from 1, slow updates counted
 * @returns null without a limit
 */
export function editBudget(edits: RunConfig['edits'], step: number, steps: RunSteps): number | null {
  if (edits === null) return null;
  const { first, last, schedule } = edits;
  const slowUpdates = steps.slowUpdates ? Math.floor((step - 1) / (steps.batches + 1)) : 0;
  const [done, all] = [step - 1 - slowUpdates, steps.batches * steps.epochs];
  const progress = all <= 1 ? 0 : Math.min(1, done / (all - 1));
  switch (schedule) {
    case 'constant':
      return first;
    case 'linear':
      return Math.round(first + (last - first) * progress);
    case 'cosine':
      return Math.round(last + ((first - last) * (1 + Math.cos(Math.PI * progress))) / 2);
    default:
      return schedule satisfies never;
  }
}
