import type { ArtifactRef } from '../records/artifact';
import type { PauseReason } from '../records/control';
import type { GateVerdict } from '../records/gate';
import type { Approval, PendingReview, StepReview } from '../records/review';
import type { EpochInput, EpochState } from '../records/workflows';
import type { Steering } from './steering';

/** What becomes of a step's candidate: the version and patch that stand for it, after gate and review. */
export interface Decided {
  candidate: ArtifactRef;
  patch: ArtifactRef;
  /** null: the run was told to stop and could not pay for one. */
  verdict: GateVerdict | null;
  accepted: boolean;
  /** null: no person was asked. */
  review: StepReview | null;
}

/**
 * Decides on a candidate: the validation gate first, and where the run asks for approval a person about what the gate has
 * accepted. A version that the person edited goes through the gate, too, since the gate alone moves the current version;
 * what it accepts counts as approved.
 *
 * @param gate measures a candidate against the current version; `edited`: a person's version of it
 */
export async function decide(
  { plan, config }: Pick<EpochInput, 'plan' | 'config'>,
  steering: Steering,
  { step, skill: base }: Pick<EpochState, 'step' | 'skill'>,
  proposed: { candidate: ArtifactRef; patch: ArtifactRef },
  gate: (candidate: ArtifactRef, edited: boolean) => Promise<GateVerdict | null>,
): Promise<Decided> {
  const { candidate, patch } = proposed;
  const verdict = await gate(candidate, false);
  const passed = verdict?.accepted === true;
  const approval = config.approve ?? null;
  if (!passed || approval === null) return { candidate, patch, verdict, accepted: passed, review: null };

  const shown = config.gate.policy === 'none' ? null : verdict;
  await waitForReview(steering, approval, { step, plan, base, candidate, patch, verdict: shown });
  const decision = decisionOn(steering, step, candidate);
  if (decision === null) {
    const review = withoutReview(steering, approval);
    return { candidate, patch, verdict, accepted: review.action === 'approve', review };
  }
  const { action, by, note = '', edited } = decision;
  const review = { action, by, note };
  if (edited === undefined) return { candidate, patch, verdict, accepted: action === 'approve', review };
  const again = await gate(edited.candidate, true);
  return { ...edited, verdict: again, accepted: again?.accepted === true, review };
}

function decisionOn({ control }: Steering, step: number, candidate: ArtifactRef) {
  const { review } = control;
  return review?.step === step && review.candidate === candidate ? review : null;
}

async function waitForReview(steering: Steering, { timeout }: Approval, pending: PendingReview): Promise<void> {
  const over = (): boolean =>
    steering.control.stopped || decisionOn(steering, pending.step, pending.candidate) !== null;
  const inTime = await steering.waitFor(reviewPause(pending, false), over, timeout?.ms);
  if (!inTime && timeout?.then === 'pause') await steering.waitFor(reviewPause(pending, true), over);
}

function reviewPause(pending: PendingReview, overdue: boolean): PauseReason {
  const { step, candidate, verdict } = pending;
  const measured =
    verdict === null
      ? 'without a gate'
      : `${verdict.candidateSolved} against ${verdict.currentSolved} of ${verdict.tasks}`;
  return {
    kind: overdue ? 'review.overdue' : 'review.waiting',
    message:
      `the patch of step ${step} waits for a review${overdue ? ' that did not come in time' : ''}: ` +
      `candidate ${candidate.slice(7, 19)}, ${measured}`,
    fix: '`skillgrad review RUN` shows it; then `skillgrad approve RUN`, `reject RUN --note TEXT` or `edit RUN FILE`',
    review: pending,
  };
}

/** What counts where no person has decided. */
function withoutReview({ control }: Steering, { timeout }: Approval): StepReview {
  if (control.stopped) return { action: 'reject', by: null, note: 'the run was told to stop before the review' };
  return timeout?.then === 'accept'
    ? { action: 'approve', by: null, note: 'no review came in time' }
    : { action: 'reject', by: null, note: 'no review came in time' };
}
