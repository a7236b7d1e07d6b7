import { z } from 'zod';

/** One validation task measured under both versions: 1 solved, 0 not (means, where there are several samples). */
export const PairedScore = z.object({ candidate: z.number().min(0).max(1), current: z.number().min(0).max(1) });
export type PairedScore = z.infer<typeof PairedScore>;

/** A gate's decision with its numbers, over the shortest deciding prefix in task order. */
export const GateVerdict = z.object({
  accepted: z.boolean(),
  policy: z.string(),
  tasks: z.number().int().nonnegative(),
  candidateSolved: z.number(),
  currentSolved: z.number(),
  wins: z.number().int().nonnegative(),
  losses: z.number().int().nonnegative(),
  reason: z.string(),
});
export type GateVerdict = z.infer<typeof GateVerdict>;
