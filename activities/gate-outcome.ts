import type { GateOutcome } from '../records/momentum';
import type { JudgedPatch } from '../records/stages';

/** What the record says of a gate's verdict; null where there was no gate, or nothing to judge. */
export function gateOutcome({ verdict }: JudgedPatch): GateOutcome | null {
  if (verdict === null) return null;
  const { accepted, candidateSolved, currentSolved, tasks } = verdict;
  return { accepted, candidateSolved, currentSolved, tasks };
}
