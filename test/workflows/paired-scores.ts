import type { GateConfig, PairedScore } from '../../records/gate';
import { decide } from '../../workflows/validation-gate';

/** One letter a task: `+` the candidate alone solves it, `-` the current alone, `=` both, `.` none, `?` not measured. */
export function pairs(letters: string): (PairedScore | undefined)[] {
  return [...letters].map((letter) =>
    letter === '?'
      ? undefined
      : {
          candidate: letter === '+' || letter === '=' ? 1 : 0,
          current: letter === '-' || letter === '=' ? 1 : 0,
        },
  );
}

/** A gate's decision in short: `accept at 10`, `refuse at 5`, `undecided`. */
export function outcome(config: GateConfig, letters: string, total = 40): string {
  const decision = decide(config, pairs(letters), total);
  return decision === 'undecided' ? decision : `${decision.accepted ? 'accept' : 'refuse'} at ${decision.tasks}`;
}
