import { z } from 'zod';

export const ScoreProtocol = z.enum(['official', 'reference']);
export type ScoreProtocol = z.infer<typeof ScoreProtocol>;

/** One compared place that differs, as short text: `cell` like `Sheet1!B4`, values with their type where it matters. */
export const Mismatch = z.object({ cell: z.string(), expected: z.string(), got: z.string() });
export type Mismatch = z.infer<typeof Mismatch>;

/**
 * The verdict on one rollout. `solved` is always the protocol's own verdict; `partial` = matched / total in 0..1.
 * `status` says whether the output could be compared: `missing` (no output file), `unreadable` (not a workbook),
 * `uncalculated` (a formula without a cached value in the answer range). At most 20 mismatches.
 */
export const Score = z.object({
  protocol: ScoreProtocol,
  solved: z.boolean(),
  matched: z.number().int().nonnegative(),
  total: z.number().int().nonnegative(),
  partial: z.number().min(0).max(1),
  mismatches: z.array(Mismatch).max(20),
  status: z.enum(['scored', 'unreadable', 'uncalculated', 'missing']),
  detail: z.string(),
});
export type Score = z.infer<typeof Score>;
