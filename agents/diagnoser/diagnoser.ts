import type { DiagnosisKind } from '../../records/diagnosis';
import { DiagnosisProposal } from '../../records/diagnosis';
import type { Score } from '../../records/score';
import type { Task } from '../../records/task';
import type { Trajectory } from '../../records/trajectory';
import { section } from '../sections';
import { defineTool, parseArguments, ToolError } from '../tool';
import type { LoopEnd, ToolLoop } from '../tool-loop';
import { runToolLoop } from '../tool-loop';
import { condenseTrajectory } from '../trajectory-digest';
import { problemsOf } from './check-diagnosis';
import { readTurnTool } from './read-turn';

export interface Attempt {
  trajectory: Trajectory;
  score: Score;
}

export interface DiagnoserInput {
  kind: DiagnosisKind;
  task: Task;
  attempt: Attempt;
  /** The failed attempt that a success is contrasted with. */
  earlier: Attempt | null;
}

/** Tokens of all trajectories in a prompt: first, then ever fewer when the context overflows. */
const trajectoryBudgets = [24_000, 8_000, 2_500];

const shownScore = ({ solved, matched, total, status, mismatches }: Score) => ({
  solved,
  matched,
  total,
  status,
  mismatches,
});

/** The user message, with the trajectories within `budget` tokens. */
export async function diagnoserMessage(
  { kind, task, attempt, earlier }: DiagnoserInput,
  budget: number,
): Promise<string> {
  const parts = [section('Kind', kind), section('Task', task.prompt), section('Score', shownScore(attempt.score))];
  // Each of two attempts has half of the budget; what one of them does not need is the other's.
  const shareOf = (other: Attempt | null): number =>
    other === null ? budget : Math.max(budget / 2, budget - Buffer.byteLength(JSON.stringify(other.trajectory.turns)));
  parts.push(section('Trajectory', await condenseTrajectory(attempt.trajectory.turns, shareOf(earlier))));
  if (earlier !== null) {
    parts.push(
      section('Earlier score', shownScore(earlier.score)),
      section('Earlier trajectory', await condenseTrajectory(earlier.trajectory.turns, shareOf(attempt))),
    );
  }
  return parts.join('\n');
}

/** A text gradient of one task; `proposal` is null when the model could not be brought to a valid one. */
export async function diagnoseRollout(
  input: DiagnoserInput,
  loop: Omit<ToolLoop, 'user' | 'tools' | 'maxOverflows' | 'snapshot'>,
): Promise<{ kind: 'diagnosis'; proposal: DiagnosisProposal | null } | (LoopEnd & { kind: 'allowance' })> {
  const messages = await Promise.all(trajectoryBudgets.map((budget) => diagnoserMessage(input, budget)));
  const submit = defineTool({
    name: 'submit_diagnosis',
    description: 'Submit the diagnosis. This ends your work.',
    schema: DiagnosisProposal,
    final: true,
    run: async (proposal) => {
      const problems = problemsOf(proposal, input);
      if (problems.length > 0) throw new ToolError(problems.join('; '));
      return 'Accepted.';
    },
  });
  const end = await runToolLoop({
    ...loop,
    user: (overflows) => messages[Math.min(overflows, messages.length - 1)] ?? '',
    maxOverflows: messages.length - 1,
    // One answer to submit in, and one to mend the submission.
    tools: [readTurnTool(input, () => loop.journal.turns.length < loop.maxTurns - 2), submit],
    snapshot: null,
  });
  if (end.kind === 'allowance') return end;
  const proposal = end.submission === null ? null : parseArguments(DiagnosisProposal, end.submission);
  return { kind: 'diagnosis', proposal };
}
