import { z } from 'zod';
import type { DiagnosisKind } from '../../records/diagnosis';
import { DiagnosisProposal } from '../../records/diagnosis';
import type { Score } from '../../records/score';
import type { Task } from '../../records/task';
import type { Trajectory } from '../../records/trajectory';
import { section } from '../sections';
import type { Tool } from '../tool';
import { defineTool, ToolError } from '../tool';
import type { LoopEnd, ToolLoop } from '../tool-loop';
import { runToolLoop } from '../tool-loop';
import { digestTrajectory, digestTurn } from '../trajectory-digest';

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

/** Characters of a trajectory in a prompt: first, then ever less when the context overflows. */
const trajectoryBudgets = [60_000, 20_000, 6_000] as const;

const shownScore = ({ solved, matched, total, status, mismatches }: Score) => ({
  solved,
  matched,
  total,
  status,
  mismatches,
});

function userMessage({ kind, task, attempt, earlier }: DiagnoserInput, overflows: number): string {
  const trajectoryBudget = trajectoryBudgets[Math.min(overflows, 2)] ?? trajectoryBudgets[2];
  return [
    section('Kind', kind),
    section('Task', task.prompt),
    section('Score', shownScore(attempt.score)),
    section('Trajectory', digestTrajectory(attempt.trajectory, trajectoryBudget)),
    ...(earlier === null
      ? []
      : [
          section('Earlier score', shownScore(earlier.score)),
          section('Earlier trajectory', digestTrajectory(earlier.trajectory, trajectoryBudget)),
        ]),
  ].join('\n');
}

/** Evidence must exist: turns of the trajectory, mismatches of the score (of the failed attempt, for a contrast). */
function checkEvidence(proposal: DiagnosisProposal, input: DiagnoserInput): void {
  const turns = Math.max(input.attempt.trajectory.turns.length, input.earlier?.trajectory.turns.length ?? 0);
  const mismatches = Math.max(input.attempt.score.mismatches.length, input.earlier?.score.mismatches.length ?? 0);
  const badTurns = proposal.evidence.turns.filter((turn) => turn > turns);
  const badMismatches = proposal.evidence.mismatches.filter((index) => index >= mismatches);
  if (badTurns.length > 0)
    throw new ToolError(`evidence.turns: there is no turn ${badTurns.join(', ')}; the trajectory has ${turns}`);
  if (badMismatches.length > 0) {
    throw new ToolError(
      `evidence.mismatches: there is no mismatch ${badMismatches.join(', ')}; there are ${mismatches}, from 0`,
    );
  }
  if (proposal.evidence.turns.length === 0) throw new ToolError('evidence.turns: cite at least one turn');
  if (/[A-Z]{1,3}\d{1,7}\b|\.xlsx\b/.test(proposal.label))
    throw new ToolError('label: leave out cell addresses and file names');
}

function tools(input: DiagnoserInput): Tool[] {
  return [
    defineTool({
      name: 'read_turn',
      description: 'Read one turn of a trajectory in full.',
      schema: z.object({ turn: z.number().int().positive(), attempt: z.enum(['this', 'earlier']) }),
      run: async ({ turn, attempt }) => {
        const { trajectory } = (attempt === 'earlier' ? input.earlier : input.attempt) ?? {};
        const found = trajectory?.turns.find((entry) => entry.turn === turn);
        if (found === undefined) throw new ToolError(`there is no turn ${turn} in ${attempt} attempt`);
        return JSON.stringify(digestTurn(found, 60_000), null, 1);
      },
    }),
    defineTool({
      name: 'submit_diagnosis',
      description: 'Submit the diagnosis. This ends your work.',
      schema: DiagnosisProposal,
      final: true,
      run: async (proposal) => {
        checkEvidence(proposal, input);
        return 'Accepted.';
      },
    }),
  ];
}

/** A text gradient of one task; `proposal` is null when the model could not be brought to a valid one. */
export async function diagnoseRollout(
  input: DiagnoserInput,
  loop: Omit<ToolLoop, 'user' | 'tools' | 'maxOverflows' | 'snapshot'>,
): Promise<{ kind: 'diagnosis'; proposal: DiagnosisProposal | null } | (LoopEnd & { kind: 'allowance' })> {
  const end = await runToolLoop({
    ...loop,
    user: (overflows) => userMessage(input, overflows),
    maxOverflows: 2,
    tools: tools(input),
    snapshot: null,
  });
  if (end.kind === 'allowance') return end;
  return {
    kind: 'diagnosis',
    proposal: end.submission === null ? null : DiagnosisProposal.parse(JSON.parse(end.submission)),
  };
}
