import { z } from 'zod';
import { ArtifactRef } from './artifact';
import { GateVerdict } from './gate';

/** Whether patches wait for a person, and what becomes of one that nobody reviews in time. */
export const Approval = z.object({
  /** null: it waits for as long as it takes. */
  timeout: z
    .object({
      ms: z.number().int().positive(),
      /** `pause`: it goes on waiting, and says so anew. */
      then: z.enum(['accept', 'reject', 'pause']),
    })
    .nullable(),
});
export type Approval = z.infer<typeof Approval>;

/** A candidate that waits for a review, after the gate has accepted it. */
export const PendingReview = z.object({
  step: z.number().int(),
  plan: ArtifactRef,
  base: ArtifactRef,
  candidate: ArtifactRef,
  patch: ArtifactRef,
  /** null: the run has no gate. */
  verdict: GateVerdict.nullable(),
});
export type PendingReview = z.infer<typeof PendingReview>;

/** A version that a person made of a candidate, with the patch that records it. */
export const EditedCandidate = z.object({ candidate: ArtifactRef, patch: ArtifactRef });
export type EditedCandidate = z.infer<typeof EditedCandidate>;

/** What a person decided about a step's candidate; `edited` goes with `edit`. */
export const ReviewDecision = z.object({
  step: z.number().int(),
  candidate: ArtifactRef,
  action: z.enum(['approve', 'reject', 'edit']),
  by: z.string(),
  note: z.string().optional(),
  edited: EditedCandidate.optional(),
});
export type ReviewDecision = z.infer<typeof ReviewDecision>;

/** A review as a step's record keeps it; `by` is null where nobody came in time, or the run was told to stop first. */
export const StepReview = z.object({
  action: z.enum(['approve', 'reject', 'edit']),
  by: z.string().nullable(),
  note: z.string(),
});
export type StepReview = z.infer<typeof StepReview>;

/** What a person has done with a candidate. */
export const reviewed = { approve: 'approved', reject: 'rejected', edit: 'edited' } as const;

/** A review in words: `rejected by kim (names a customer)`, or what came of it that there was none. */
export function reviewText({ action, by, note }: StepReview): string {
  if (by === null) return `${action === 'reject' ? 'left out' : 'taken'}, as ${note}`;
  return `${reviewed[action]} by ${by}${note === '' ? '' : ` (${note})`}`;
}
