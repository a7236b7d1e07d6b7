import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { z } from 'zod';
import type { LoopEnd, ToolLoop, Withdrawal } from '../agents/tool-loop';
import { isFault } from '../records/fault';
import { seedOf, type RunPlan } from '../records/plan';
import type { Role } from '../records/run-config';
import type { Paid, StageInput, StageResult } from '../records/stages';
import type { Grant, Spending } from '../records/usage';
import { noSpending } from '../records/usage';
import type { ArtifactStore } from '../store/artifact-store';
import type { Journal } from '../store/journal';
import { openJournal, SupersededError } from '../store/journal';
import { spentBy } from '../store/read-journal';
import { activityIdOf } from './activity-id';
import type { Dependencies } from './dependencies';
import { beat, faultSpanMs } from './fault-span';
import { readPlan } from './plan';
import { stopKilling } from './worker-killers';

/** Attempts of an activity that may fail on an unforeseen error before the run pauses on it. */
const unforeseenAttempts = 3;
/** `Retry-After: 0` is common, and to the server a delay of zero means that there is no retry. */
const shortestRetryMs = 100;
/** How long an activity without model calls, or without its plan, is retried on faults before the run pauses. */
const plainPauseAfterMs = 900_000;
/** What an attempt of such an activity takes at most, by far. */
const plainAttemptMs = 600_000;

export interface PaidContext {
  plan: RunPlan;
  journal: Journal;
  signal: AbortSignal;
  /** A tool loop's settings that come from the plan and the activity rather than from the role. */
  loop: (
    subject: string,
    sample: number,
  ) => Omit<ToolLoop, 'user' | 'tools' | 'maxOverflows' | 'repairRounds' | 'snapshot'>;
}

/** Runs `body` with heartbeats on a timer, so that a long model call or sandbox run is no silence. */
async function withHeartbeats<T>(body: () => Promise<T>): Promise<T> {
  const timer = setInterval(beat, 1000);
  try {
    return await body();
  } finally {
    clearInterval(timer);
  }
}

/** What an attempt has come to when it fails, and how patient the run is. */
interface Attempt {
  spending: Spending;
  /** Turns in the journal. */
  turns: number;
  attemptMs: number;
  pauseAfterMs: number;
}
const plainAttempt: Attempt = {
  spending: noSpending,
  turns: 0,
  attemptMs: plainAttemptMs,
  pauseAfterMs: plainPauseAfterMs,
};

/** Turns whatever an activity threw into the failure that Temporal should see: retried, or handed to the workflow. */
function toFailure(error: unknown, { spending, turns, attemptMs, pauseAfterMs }: Attempt): unknown {
  if (error instanceof ApplicationFailure) return error;
  const { cancellationSignal } = Context.current();
  if (cancellationSignal.aborted) {
    const { reason } = cancellationSignal;
    const drained = reason instanceof CancelledFailure && reason.message === 'WORKER_SHUTDOWN';
    if (!drained) return new CancelledFailure('the activity was cancelled', [{ spending }]);
    return ApplicationFailure.create({
      type: 'worker.drained',
      message: 'its worker was told to end',
      nextRetryDelay: shortestRetryMs,
    });
  }
  if (error instanceof SupersededError) return ApplicationFailure.retryable(error.message, 'attempt.superseded');
  const message = error instanceof Error ? error.message : String(error);
  if (isFault(error)) {
    const retryable = error.retryable && faultSpanMs(turns, error.retryAfterMs, attemptMs) < pauseAfterMs;
    return ApplicationFailure.create({
      type: error.type,
      message,
      nonRetryable: !retryable,
      details: [{ fix: error.fix, spending }],
      ...(error.retryAfterMs === null ? {} : { nextRetryDelay: Math.max(shortestRetryMs, error.retryAfterMs) }),
    });
  }
  const fix = 'this looks like a defect of SkillGrad: see the worker log, mend it, then resume the run';
  return ApplicationFailure.create({
    type: 'internal.unforeseen',
    message: error instanceof Error ? `${error.name}: ${message}` : message,
    nonRetryable: Context.current().info.attempt >= unforeseenAttempts,
    details: [{ fix, spending }],
  });
}

/** Whether a rewind of the run has begun, or it was paused, since its workflow made this grant. */
async function withdrawalOf(store: ArtifactStore, { recall, hold }: Grant): Promise<Withdrawal | null> {
  const isThere = async (name: string | null): Promise<boolean> =>
    name !== null && (await store.readNamed(z.unknown(), name)) !== null;
  if (await isThere(recall)) return 'run.rewinding';
  return (await isThere(hold)) ? 'run.paused' : null;
}

/** Runs an activity that spends nothing: heartbeats, and faults that are retried, then hand over to the workflow. */
export async function plainStage<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await withHeartbeats(body);
  } catch (error) {
    throw toFailure(error, plainAttempt);
  }
}

/** What earlier attempts of this scheduling took: it is settled by the last one, which may not get at the journal. */
async function earlierSpending({ store }: Dependencies, run: string, key: string | null, owner: string) {
  if (Context.current().info.attempt === 1) return noSpending;
  try {
    return await spentBy(store, run, key, owner);
  } catch (error) {
    // A store that can't be read is the fault that this attempt ends with.
    if (isFault(error)) return noSpending;
    throw error;
  }
}

/**
 * Runs one paid activity: claims its journal, returns the recorded result if it ended before, else runs `body`, records
 * its result (unless that is `passing`) and says what this scheduling spent. `role` makes the calls; `key` names the
 * journal from the plan.
 */
export async function paidStage<Body extends object>(
  deps: Dependencies,
  input: StageInput,
  role: Role,
  key: (plan: RunPlan) => string,
  body: (context: PaidContext) => Promise<{ done: Body; passing?: true } | (LoopEnd & { kind: 'allowance' })>,
): Promise<StageResult<Body>> {
  const { info, cancellationSignal: signal } = Context.current();
  const owner = activityIdOf(info);
  let journal: Journal | null = null;
  let journalKey: string | null = null;
  // Until the plan is read, which a fault may prevent.
  let patience: Pick<Attempt, 'attemptMs' | 'pauseAfterMs'> = plainAttempt;
  try {
    return await withHeartbeats(async () => {
      const plan = await readPlan(deps.store, input.plan);
      patience = { attemptMs: plan.config.callTimeoutMs, pauseAfterMs: plan.config.pauseAfterMs };
      journalKey = key(plan);
      const open = await openJournal(deps.store, input.run, journalKey, owner, plan.reuses);
      journal = open;
      const paid = (): Paid => ({
        spending: open.spending(),
        answered: [...new Set(open.turns.map(({ turn }) => turn.responseModel))]
          .sort()
          .map((by) => ({ asked: plan.config.models[role], by })),
      });
      const recorded = open.ending() as Body | undefined;
      if (recorded !== undefined) return { status: 'done', ...recorded, ...paid() };
      if (role !== 'executor') await stopKilling(deps.store);
      const loop: PaidContext['loop'] = (subject, sample) => ({
        role,
        subject,
        sample,
        model: plan.config.models[role],
        client: deps.model,
        price: plan.prices[role],
        system: plan.prompts[role],
        maxTurns: plan.config.maxTurns[role],
        maxAnswerTokens: plan.config.maxAnswerTokens,
        callTimeoutMs: plan.config.callTimeoutMs,
        runSeed: seedOf(plan, role),
        allowance: input.allowance,
        withdrawal: () => withdrawalOf(deps.store, input.allowance),
        journal: open,
        signal,
      });
      const end = await body({ plan, journal: open, signal, loop });
      if ('kind' in end) {
        const { kind, ...handedBack } = end;
        return { status: kind, ...handedBack, ...paid() };
      }
      if (end.passing) return { status: 'done', ...end.done, ...paid() };
      await open.fence();
      await open.finish(end.done);
      // What is on record counts, should another attempt have been quicker.
      return { status: 'done', ...(open.ending() as Body), ...paid() };
    });
  } catch (error) {
    // The compiler can't see the assignment inside the closure.
    const opened = journal as Journal | null;
    throw toFailure(error, {
      spending: opened?.spending() ?? (await earlierSpending(deps, input.run, journalKey, owner)),
      turns: opened?.turns.length ?? 0,
      ...patience,
    });
  }
}
