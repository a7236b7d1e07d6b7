import { setHandler } from '@temporalio/workflow';
import type { ControlState } from '../records/control';
import { EditedCandidate, type ReviewDecision } from '../records/review';
import { approveUpdate, editUpdate, rejectUpdate, type ReviewWord } from './messages';
import type { Steering } from './steering';

/**
 * Lets people decide on the candidate that waits: a word on another one, on none, or a second one is refused.
 *
 * @param change enters a decision into the control state
 */
export function acceptReviews(steering: Steering, change: (part: Partial<ControlState>) => ControlState): void {
  const pendingOf = ({ candidate }: ReviewWord) => {
    if (steering.control.cancelled !== null) throw new Error('it is being cancelled');
    const pending = (steering.waiting ?? steering.childWaiting)?.review;
    if (pending === undefined) throw new Error('no candidate waits for a review');
    if (pending.candidate !== candidate) {
      const short = (digest: string): string => digest.slice(7, 19);
      throw new Error(`the candidate ${short(candidate)} is stale: ${short(pending.candidate)} waits for a review`);
    }
    const { review } = steering.control;
    if (review?.step === pending.step && review.candidate === candidate) {
      throw new Error(`${review.by} has decided on it already: ${review.action}`);
    }
    return pending;
  };
  const enter = (word: ReviewWord, decided: Pick<ReviewDecision, 'action' | 'edited'>): ControlState =>
    change({ review: { ...word, ...decided, step: pendingOf(word).step } });

  setHandler(approveUpdate, (word) => enter(word, { action: 'approve' }), {
    validator: (word) => void pendingOf(word),
  });
  setHandler(rejectUpdate, (word) => enter(word, { action: 'reject' }), {
    validator: (word) => {
      pendingOf(word);
      if ((word.note ?? '').trim() === '') throw new Error('a rejection needs a note: the next patch is shown it');
    },
  });
  setHandler(editUpdate, ({ edited, ...word }) => enter(word, { action: 'edit', edited }), {
    validator: (word) => {
      const { base } = pendingOf(word);
      const { candidate } = EditedCandidate.parse(word.edited);
      if (candidate === word.candidate) throw new Error('the edited version equals the candidate; approve that');
      if (candidate === base) throw new Error('the edited version equals the current one; reject the candidate');
    },
  });
}
