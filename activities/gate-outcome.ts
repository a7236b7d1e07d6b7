import type { GateOutcome } from '../records/momentum';
import type { JudgedPatch } from '../records/stages';

/** What the record says of a gate's verdict, of no tasks where a patch went in without a gate; null: nothing to judge. */
export function gateOutcome({ verdict, accepted }: JudgedPatch): GateOutcome | null {
  if (verdict === null) return accepted ? { accepted, candidateSolved: 0, currentSolved: 0, tasks: 0 } : null;
  const { candidateSolved, currentSolved, tasks } = verdict;
  return { accepted: verdict.accepted, candidateSolved, currentSolved, tasks };
}
