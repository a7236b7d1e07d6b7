import { z } from 'zod';
import { PendingReview, ReviewDecision } from './review';
import { SettingsWord } from './settings';
import { addSpending, Caps, noSpending, Spending } from './usage';

/** Who did it and why; travels with each update so that the history says so. */
export const ControlAuthor = z.object({ by: z.string(), note: z.string().optional() });
export type ControlAuthor = z.infer<typeof ControlAuthor>;

/** A person by name, with the note: `kim@desk ("the key is being rotated")`. */
export function authorText({ by, note }: ControlAuthor): string {
  return `${by}${note === undefined ? '' : ` ("${note}")`}`;
}

/**
 * The time that counts under a cap on hours: since the run began, without the time that it waited for people (paused,
 * its budget spent, a fault to be mended, a review). Unix milliseconds and milliseconds, by the workflow's clock.
 */
export const RunClock = z.object({
  startedMs: z.number(),
  waitedMs: z.number().nonnegative(),
  /** When the present wait began or was last added to `waitedMs`; null while the run works. */
  waitingSinceMs: z.number().nullable(),
});
export type RunClock = z.infer<typeof RunClock>;

/** What people steer a run with; one versioned state, owned by `optimize` and relayed to the child that runs. */
export const ControlState = z.object({
  version: z.number().int().nonnegative(),
  paused: z.boolean(),
  /** How often the run has been paused; absent: never. */
  pauses: z.number().int().nonnegative().optional(),
  /** Who paused the run last and when, in Unix milliseconds; absent: never. */
  pausedBy: ControlAuthor.extend({ atMs: z.number() }).optional(),
  stopped: z.boolean(),
  /** Who told the run to stop; absent while nobody has. */
  stoppedBy: ControlAuthor.optional(),
  /** Who cancelled the run; its workflows are then being cancelled. */
  cancelled: ControlAuthor.nullable(),
  /** Bumped by each `resume`; a workflow that waits on a fault tries again when it changes. */
  resumes: z.number().int().nonnegative(),
  caps: Caps,
  clock: RunClock,
  /** What work has cost that a rewind has given up: it is in no workflow's books, and stays spent. */
  discarded: Spending.optional(),
  /**
   * Name of the object that a rewind puts into the store; from then on no grant of this state is good for a call. Null:
   * its run has yet to begin.
   */
  recall: z.string().nullable(),
  /** The last decision on a candidate; the step that it names takes it up. */
  review: ReviewDecision.nullable(),
  /** Changes of settings, in the order that they were asked for; absent until there is one. */
  settings: z.array(SettingsWord).optional(),
});
export type ControlState = z.infer<typeof ControlState>;

/** The control state that a run begins with, at `nowMs`. */
export function firstControl(caps: Caps, nowMs: number): ControlState {
  return {
    ...{ version: 1, paused: false, stopped: false, cancelled: null, resumes: 0, caps, recall: null, review: null },
    clock: { startedMs: nowMs, waitedMs: 0, waitingSinceMs: null },
  };
}

/** Name in the store of a run's `number`th rewind; `firstRunId` is that of its workflow's first execution. */
export function rewindName(run: string, firstRunId: string, number: number): string {
  return `runs/${run}/rewind-${firstRunId}-${number}`;
}

/** Whether an object under `runs/<run>` is one that a rewind has put there; the holds of pauses extend its name. */
export function isRewind(name: string): boolean {
  return /^rewind-.*-\d+$/.test(name) && !name.includes('-hold-');
}

/**
 * Name in the store of the object by which the next pause stops what is granted now; null where nothing can. A rewind
 * takes the count of pauses back, and changes the name by its own.
 */
export function holdName({ recall, pauses = 0 }: Pick<ControlState, 'recall' | 'pauses'>): string | null {
  return recall === null ? null : `${recall}-hold-${pauses}`;
}

/** `spending` of a run's workflows with what a rewind has given up. */
export function withDiscarded(
  spending: Spending,
  { discarded = noSpending }: Pick<ControlState, 'discarded'>,
): Spending {
  return addSpending(spending, discarded);
}

/** The clock at `nowMs`, with the wait up to now added; `waits` says whether the run waits for people from now on. */
export function advanceClock(clock: RunClock, waits: boolean, nowMs: number): RunClock {
  const { startedMs, waitedMs, waitingSinceMs } = clock;
  const more = waitingSinceMs === null ? 0 : Math.max(0, nowMs - waitingSinceMs);
  return { startedMs, waitedMs: waitedMs + more, waitingSinceMs: waits ? nowMs : null };
}

/** From when on the run may begin no call any more, in Unix milliseconds; null without a cap on hours. */
export function deadlineMs({ caps, clock }: Pick<ControlState, 'caps' | 'clock'>): number | null {
  return caps.hours === null ? null : Math.round(clock.startedMs + clock.waitedMs + caps.hours * 3_600_000);
}

/**
 * Why a run waits. `kind` is a dotted fault type (`model.unauthorized`), `budget.spent`, `user`, `run.rewinding`,
 * `review.waiting` or `review.overdue`; the last two come with what is to be reviewed.
 */
export const PauseReason = z.object({
  kind: z.string(),
  message: z.string(),
  fix: z.string(),
  /** What it waits on besides: that somebody has paused it, too. */
  also: z.string().optional(),
  review: PendingReview.optional(),
});
export type PauseReason = z.infer<typeof PauseReason>;
