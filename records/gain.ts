import { z } from 'zod';
import { ArtifactRef } from './artifact';
import { isSignificant } from './sign-test';

export const SolveCount = z.object({ solved: z.number().int(), tasks: z.number().int() });
export type SolveCount = z.infer<typeof SolveCount>;

/** Two skill versions measured on the same tasks, and those that only the later one solved (`wins`) or only the earlier one. */
export const BeforeAfter = z.object({
  before: SolveCount,
  after: SolveCount,
  wins: z.number().int().nonnegative(),
  losses: z.number().int().nonnegative(),
});
export type BeforeAfter = z.infer<typeof BeforeAfter>;

/** The final measurement, with the chain of pages that has the later version's rollouts: what a re-evaluation is compared with. */
export const HeldOut = BeforeAfter.extend({ rollouts: ArtifactRef.nullable() });
export type HeldOut = z.infer<typeof HeldOut>;

/** Level of the two-sided sign test beyond which a run says that it shows a gain. */
export const claimLevel = 0.05;

/**
 * Whether a measurement shows a gain, beyond what chance would. A run claims one by its held-out tasks alone: its
 * validation tasks have picked the version, so that the version looks better there than it is.
 */
export function showsGain({ wins, losses }: BeforeAfter): boolean {
  return isSignificant(wins, losses, claimLevel);
}
