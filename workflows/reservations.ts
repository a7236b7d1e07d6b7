import { condition } from '@temporalio/workflow';
import { deadlineMs, holdName, type ControlState, type PauseReason } from '../records/control';
import type { StageResult } from '../records/stages';
import type { Grant, Spending } from '../records/usage';
import { addSpending, covers } from '../records/usage';
import { grant } from './allowance';
import { budgetSpent, hoursSpent, OutOfBudget, rewinding } from './pause-reasons';

type HandedBack = StageResult<object> & { status: 'allowance' };

/** What the grants of one workflow depend on. */
interface Books {
  control: () => ControlState;
  /** All that the run has spent and settled. */
  spent: () => Spending;
  /** Splits what is left. */
  concurrency: () => number;
  /** Waits with a reason on show until `goOn` holds. */
  waitFor: (reason: PauseReason, goOn: () => boolean) => Promise<unknown>;
}

/** Grants allowances under the run's caps, so that the sum of what is granted and spent never exceeds them. */
export function openReservations({ control, spent, concurrency, waitFor }: Books) {
  let outstanding: Grant[] = [];

  /**
   * Waits until the caps leave room for `needed`, and holds an allowance back from all others.
   *
   * @param overMs a deadline that is over by the clock of the worker that ran out of time, which the workflow's own clock
   *   may not have reached; null: none
   * @throws OutOfBudget when the run was told to stop and its caps can't pay for more
   */
  async function reserve(needed: Spending, overMs: number | null): Promise<Grant> {
    for (;;) {
      const { caps, recall } = control();
      const untilMs = deadlineMs(control());
      const isLate = untilMs !== null && (untilMs === overMs || Date.now() >= untilMs);
      const before = spent();
      const allowance = isLate ? null : grant(caps, before, outstanding, needed, concurrency());
      if (allowance !== null) {
        const granted = { ...allowance, untilMs, recall, hold: holdName(control()) };
        outstanding.push(granted);
        return granted;
      }
      const busy = outstanding.length;
      const raised = () => control().caps !== caps;
      if (busy > 0 && !isLate) {
        await condition(() => outstanding.length < busy || raised());
        continue;
      }
      if (control().stopped) throw new OutOfBudget('the run was told to stop, and its budget is spent');
      const affordable = () =>
        isLate ? deadlineMs(control()) !== untilMs : raised() && covers(control().caps, addSpending(before, needed));
      const reason = isLate ? hoursSpent(caps) : budgetSpent(caps, before, needed);
      await waitFor(reason, () => control().stopped || affordable());
    }
  }

  /** What to reserve for an activity that could not go on under its grant; waits where the run is being rewound or paused. */
  async function handBack(
    { needed, outOfTime, recalled, held }: HandedBack,
    { untilMs, recall, hold }: Grant,
  ): Promise<[needed: Spending, overMs: number | null]> {
    // This workflow may have yet to be told of the pause; and what is granted after it knows the time and the caps of then.
    if (held) await condition(() => holdName(control()) !== hold && !control().paused);
    if (recalled) await waitFor(rewinding, () => control().recall !== recall);
    return [needed, outOfTime ? untilMs : null];
  }

  return {
    reserve,
    handBack,
    release: (granted: Grant): void => {
      outstanding = outstanding.filter((entry) => entry !== granted);
    },
  };
}
