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

/** Validation tasks at most: as many as the reach of a level is looked for (`gate-reach.ts`). */
const maxTasks = z.number().int().positive().max(1000);

/**
 * How a candidate is compared with the current version on validation tasks. docs/gate.md has each policy's odds.
 *
 * - `race`, a sequential test: after each block of tasks accept at a lead of `acceptLead` tasks, refuse at `refuseLead`
 *   (negative), by the sign at `maxTasks`.
 * - `strict`: more wins than losses over `maxTasks`.
 * - `non-inferior`: a solve rate over `maxTasks` that is at most `margin` (a share of tasks) below the current one.
 * - `significant`: more wins than losses, and an exact two-sided sign test at `level`.
 * - `none`: every patch is accepted.
 */
export const GateConfig = z.discriminatedUnion('policy', [
  z.object({
    policy: z.literal('race'),
    block: z.number().int().positive(),
    maxTasks,
    acceptLead: z.number().positive(),
    refuseLead: z.number().negative(),
  }),
  z.object({ policy: z.literal('strict'), maxTasks }),
  z.object({ policy: z.literal('non-inferior'), maxTasks, margin: z.number().min(0).lt(1) }),
  z.object({ policy: z.literal('significant'), maxTasks, level: z.number().positive().lt(1) }),
  z.object({ policy: z.literal('none') }),
]);
export type GateConfig = z.infer<typeof GateConfig>;
export type GatePolicy = GateConfig['policy'];

/** Each policy's settings where a run names the policy alone. */
export const gateDefaults = {
  race: { policy: 'race', block: 10, maxTasks: 40, acceptLead: 3, refuseLead: -2 },
  strict: { policy: 'strict', maxTasks: 40 },
  'non-inferior': { policy: 'non-inferior', maxTasks: 40, margin: 0.05 },
  significant: { policy: 'significant', maxTasks: 40, level: 0.05 },
  none: { policy: 'none' },
} as const satisfies Record<GatePolicy, GateConfig>;
