import type { DiagnosisProposal } from '../../records/diagnosis';
import type { Mismatch } from '../../records/score';
import type { Turn } from '../../records/trajectory';
import { holdsValue, isDistinctive, taskValuesIn } from '../../skill/task-values';
import type { DiagnoserInput } from './diagnoser';

/**
 * What a diagnosis claims that isn't so: evidence that the attempts don't hold, a robustness that doesn't fit its kind, a
 * label that names values of the task. Each problem says what to do; none: the diagnosis stands.
 */
export function problemsOf(proposal: DiagnosisProposal, input: DiagnoserInput): string[] {
  const { evidence, robustness, label } = proposal;
  const { attempt, earlier, kind } = input;
  const mismatches = (earlier ?? attempt).score.mismatches;
  const strayed = evidence.mismatches.filter((index) => index >= mismatches.length);
  const value = valueIn(label, input, mismatches);
  return [
    ...turnProblems('turns', evidence.turns, attempt.trajectory.turns),
    ...turnProblems('earlierTurns', evidence.earlierTurns ?? [], earlier?.trajectory.turns ?? []),
    ...(evidence.turns.length > 0 ? [] : ['evidence.turns: cite at least one turn of the trajectory']),
    ...(strayed.length === 0
      ? []
      : [
          `evidence.mismatches: there is no mismatch ${strayed.join(', ')}; ` +
            `there are ${mismatches.length}${earlier === null ? '' : ' in the earlier score'}, counted from 0`,
        ]),
    ...((kind === 'contrastive') === (robustness !== 'not-applicable')
      ? []
      : [
          kind === 'contrastive'
            ? 'robustness: say whether the success is robust or lucky'
            : 'robustness: a failure has none; say not-applicable',
        ]),
    ...(value === null
      ? []
      : [`label: ${JSON.stringify(value)} is a value of this task; name the class of error instead`]),
  ];
}

function turnProblems(field: 'turns' | 'earlierTurns', cited: readonly number[], turns: readonly Turn[]): string[] {
  const strayed = cited.filter((number) => !turns.some(({ turn }) => turn === number));
  if (strayed.length === 0) return [];
  const what = field === 'turns' ? 'the trajectory' : 'the earlier trajectory';
  const there = turns.length === 0 ? 'there is none' : `${what} has the turns 1 to ${turns.length}`;
  return [`evidence.${field}: there is no turn ${strayed.join(', ')}; ${there}`];
}

/** A value of the task that the label holds: of its text, of its sheets, or one that was compared. */
function valueIn(label: string, { task }: DiagnoserInput, mismatches: readonly Mismatch[]): string | null {
  const compared = mismatches.flatMap(({ cell, expected, got }) => [
    ...(/^'?(.+?)'?!/.exec(cell)?.slice(1) ?? []),
    ...[expected, got].flatMap((text) => [/"(.*)"$/s.exec(text)?.[1] ?? '', ...(text.match(/-?\d[\d.,:-]+\d/g) ?? [])]),
  ]);
  const values = [...taskValuesIn(label), ...taskValuesIn(task.prompt), ...compared.filter(isDistinctive)];
  const lower = label.toLowerCase();
  return values.find((value) => holdsValue(lower, value.toLowerCase())) ?? null;
}
