import type { StepSummary } from '../records/progress';
import type { PatchResult, Rollout } from '../records/stages';
import type { EpochInput, EpochResult, EpochState } from '../records/workflows';
import type { Decided } from './review';

/**
 * Enters what became of a step's patch into what the optimisation carries on, and returns it as people are shown it. A
 * slow update has no rollouts: no count of batches, successes or patience takes it for a step.
 */
export function enterDecision(
  state: EpochState,
  { epoch, config }: Pick<EpochInput, 'epoch' | 'config'>,
  rollouts: readonly Rollout[],
  proposal: PatchResult & { status: 'done' },
  decided: Decided | null,
): StepSummary {
  const { step, skill } = state;
  const { edits } = proposal;
  const { patch, verdict, accepted, review } = decided ?? { ...proposal, verdict: null, accepted: false, review: null };
  const solved = rollouts.filter((entry) => entry.solved).length;
  const tasks = rollouts.length;
  const shown = config.gate.policy === 'none' ? null : verdict;
  state.previous = { step, provisional: state.momentum === null, patch, accepted, verdict: shown };
  if (review?.action === 'reject') state.previous.rejection = review.note;
  state.accepted += accepted ? 1 : 0;
  if (tasks > 0) {
    state.stepsWithoutAcceptance = accepted ? 0 : state.stepsWithoutAcceptance + 1;
    state.allCorrectBatches = solved === tasks ? state.allCorrectBatches + 1 : 0;
    state.batch += 1;
  }
  const summary = {
    epoch,
    step,
    tasks,
    solved,
    edits,
    patch,
    verdict: shown,
    accepted,
    skill,
    ...(review ? { review } : {}),
  };
  state.recent = [...state.recent, summary].slice(-10);
  return summary;
}

/** Why the epoch should stop before its batches are used up, or null. */
export function stopReason(
  { allCorrectBatches, stepsWithoutAcceptance }: EpochState,
  { allCorrectStop, patience }: EpochInput['config'],
  asked: boolean,
): EpochResult['stopped'] {
  if (asked) return 'asked';
  if (allCorrectBatches >= allCorrectStop) return 'all-correct';
  return patience !== null && stepsWithoutAcceptance >= patience ? 'patience' : null;
}
