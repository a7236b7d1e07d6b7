import { ActivityFailure, ApplicationFailure, CancellationScope, CancelledFailure } from '@temporalio/workflow';
import { authorText, type ControlState, type PauseReason } from '../records/control';
import type { Allowance, Caps, Spending } from '../records/usage';
import { noSpending } from '../records/usage';

/** Ends the work of a run that was told to stop where its caps can't pay for the next call; never leaves a workflow. */
export class OutOfBudget extends Error {}

const units = {
  costUsd: { flag: '--add-usd', text: (amount: number) => `${amount.toFixed(4)} USD` },
  calls: { flag: '--add-calls', text: (amount: number) => `${amount} ${amount === 1 ? 'call' : 'calls'}` },
  tokens: { flag: '--add-tokens', text: (amount: number) => `${amount} ${amount === 1 ? 'token' : 'tokens'}` },
} as const;

/** The caps that the next call doesn't fit under any more, with what is left under each and what raises it. */
export function budgetSpent(caps: Allowance, spent: Spending, needed: Spending): PauseReason {
  const isUnpriced = spent.costUsd === null || needed.costUsd === null;
  if (caps.costUsd !== null && isUnpriced) return unpriced(caps.costUsd);
  const short = (['costUsd', 'calls', 'tokens'] as const).flatMap((quantity) => {
    const cap = caps[quantity];
    if (cap === null) return [];
    const { flag, text } = units[quantity];
    const [used, next] = [spent[quantity] ?? 0, needed[quantity] ?? 0];
    const left = Math.max(0, cap - used);
    return next <= left
      ? []
      : [{ flag, message: `of ${text(cap)} ${text(left)} are left, and it may take ${text(next)}` }];
  });
  const flags = short.map(({ flag }) => `${flag} N`).join(' ');
  return {
    kind: 'budget.spent',
    message: `the rest of the budget can't cover the next call: ${short.map(({ message }) => message).join('; ')}`,
    fix: `raise it with \`skillgrad budget RUN ${flags}\`, or \`skillgrad stop RUN\` to deliver the best so far`,
  };
}

/** A cap in dollars that no raise helps to keep: what a model costs is unknown. */
function unpriced(costUsd: number): PauseReason {
  return {
    kind: 'budget.spent',
    message: `the budget of ${units.costUsd.text(costUsd)} can't be kept: no price is known for a model that is called`,
    fix:
      '`skillgrad stop RUN` delivers the best so far; start a run anew, or fork this one, with --price MODEL=IN/OUT, or ' +
      'with a cap on calls or tokens alone',
  };
}

/** The time that a run may work is over. */
export function hoursSpent({ hours }: Caps): PauseReason {
  return {
    kind: 'budget.spent',
    message:
      hours === 1 ? 'the hour that the run may work is over' : `the ${hours} hours that the run may work are over`,
    fix: 'add some with `skillgrad budget RUN --add-hours N`, or `skillgrad stop RUN` to deliver the best so far',
  };
}

/** Somebody has paused the run. */
export function userPause({ pausedBy }: Pick<ControlState, 'pausedBy'>): PauseReason {
  const at = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return {
    kind: 'user',
    message: pausedBy === undefined ? 'by a user' : `since ${at(pausedBy.atMs)} by ${authorText(pausedBy)}`,
    fix: '`skillgrad resume RUN` goes on',
  };
}

/** Grants are recalled until the run's books hold what the work that is given up has cost. */
export const rewinding: PauseReason = {
  kind: 'run.rewinding',
  message: 'the run is being taken back to the start of an epoch',
  fix: 'it goes on by itself; should the rewind have been broken off, `skillgrad rewind RUN --epoch N` again',
};

/** What an activity that was cancelled had spent; nothing is known of one whose worker is gone. */
export function spentWhenCancelled(error: unknown): Spending {
  const cause = error instanceof ActivityFailure ? error.cause : null;
  const detail = cause instanceof CancelledFailure ? (cause.details[0] as { spending?: Spending } | undefined) : null;
  return detail?.spending ?? noSpending;
}

/** The error itself; of an activity that was to be cancelled and has lost its worker, which nobody tries again, the cancellation. */
export function orCancellation(error: unknown): unknown {
  const isGivenUp = error instanceof ActivityFailure && CancellationScope.current().consideredCancelled;
  return isGivenUp ? new CancelledFailure('cancelled') : error;
}

/** Why an activity's failure pauses the run, and what it spent; null for what is no fault of an activity. */
export function pauseOf(error: unknown): { reason: PauseReason; spending: Spending } | null {
  const failure = error instanceof ActivityFailure ? error.cause : null;
  if (!(failure instanceof ApplicationFailure)) return null;
  const detail = failure.details?.[0] as { fix?: string; spending?: Spending } | undefined;
  return {
    reason: {
      kind: failure.type ?? 'fault',
      message: failure.message,
      fix: detail?.fix ?? 'mend the cause, then `skillgrad resume RUN`',
    },
    spending: detail?.spending ?? noSpending,
  };
}
