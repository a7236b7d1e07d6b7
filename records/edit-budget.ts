import type { RunConfig } from './run-config';

/**
 * The textual learning rate: edits at most in a step, from the first step's number to the last one's along a curve.
 * `constant` keeps the first step's number.
 *
 * @param step from 1
 * @param steps of the whole run, should it not stop early
 * @returns null without a limit
 */
export function editBudget(edits: RunConfig['edits'], step: number, steps: number): number | null {
  if (edits === null) return null;
  const { first, last, schedule } = edits;
  const progress = steps <= 1 ? 0 : Math.min(1, (step - 1) / (steps - 1));
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
