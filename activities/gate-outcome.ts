import type { GateOutcome } from '../records/momentum';
import type { JudgedPatch } from '../records/stages';

/**
 * What the record says of a gate's verdict, or of a person's on what the gate had accepted; of no tasks where a patch was
 * judged without a gate; null: nothing to judge.
 */
export function gateOutcome({ verdict, accepted, rejection }: JudgedPatch): GateOutcome | null {
  const review = rejection === undefined ? {} : { rejection };
  if (verdict !== null) {
    const { candidateSolved, currentSolved, tasks } = verdict;
    return { accepted, candidateSolved, currentSolved, tasks, ...review };
  }
  if (!accepted && rejection === undefined) return null;
  return { accepted, candidateSolved: 0, currentSolved: 0, tasks: 0, ...review };
}
