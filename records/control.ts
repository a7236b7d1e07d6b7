import { z } from 'zod';
import { Allowance } from './usage';

/** What people steer a run with; one versioned state, owned by `optimize` and relayed to the child that runs. */
export const ControlState = z.object({
  version: z.number().int().nonnegative(),
  paused: z.boolean(),
  stopped: z.boolean(),
  /** Bumped by each `resume`; a workflow that waits on a fault tries again when it changes. */
  resumes: z.number().int().nonnegative(),
  /** Caps of the whole run; null = none. */
  caps: Allowance,
});
export type ControlState = z.infer<typeof ControlState>;

/** Why a run waits. `kind` is a dotted fault type (`model.unauthorized`), `budget.spent` or `user`. */
export const PauseReason = z.object({ kind: z.string(), message: z.string(), fix: z.string() });
export type PauseReason = z.infer<typeof PauseReason>;

/** Who did it and why; travels with each update so that the history says so. */
export const ControlAuthor = z.object({ by: z.string(), note: z.string().optional() });
export type ControlAuthor = z.infer<typeof ControlAuthor>;
