import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { PauseReason } from '../records/control';
import type { Spending } from '../records/usage';
import { noSpending } from '../records/usage';

/** The rest of a cap can't cover the next call. */
export const budgetSpent = (needed: Spending): PauseReason => ({
  kind: 'budget.spent',
  message: `the rest of the budget can't cover the next call (up to ${needed.tokens} tokens${needed.costUsd === null ? ', price unknown' : `, ${needed.costUsd.toFixed(4)} USD`})`,
  fix: 'raise it with `skillgrad budget RUN --add-usd N` (or --add-calls, --add-tokens), or `skillgrad stop RUN` to deliver the best so far',
});

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
