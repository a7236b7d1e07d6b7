import { setHandler } from '@temporalio/workflow';
import { advanceClock, withDiscarded, type ControlAuthor, type ControlState } from '../records/control';
import { toNanoUsd } from '../records/usage';
import { placeHolds } from './holds';
import type { AddBudget } from './messages';
import { addBudgetUpdate, cancelUpdate, pauseUpdate, resumeUpdate, rewoundUpdate, stopUpdate } from './messages';
import { acceptReviews } from './review-updates';
import type { Steering } from './steering';

const quantities = ['costUsd', 'calls', 'tokens', 'hours'] as const;

function checkBudget({ caps }: ControlState, add: AddBudget): void {
  const given = quantities.filter((quantity) => add[quantity] !== undefined);
  if (given.length === 0) throw new Error('name what to add: costUsd, calls, tokens or hours');
  for (const quantity of given) {
    if (!((add[quantity] ?? 0) > 0)) throw new Error(`${quantity} must be a positive number`);
    if (caps[quantity] === null) {
      const what = quantity === 'costUsd' ? 'cost' : quantity;
      throw new Error(`this run has no cap on ${what}; there is nothing to raise`);
    }
  }
}

function raised({ caps }: ControlState, add: AddBudget): ControlState['caps'] {
  const sum = (quantity: (typeof quantities)[number]): number | null => {
    const cap = caps[quantity];
    return cap === null ? null : toNanoUsd(cap + (add[quantity] ?? 0));
  };
  return { costUsd: sum('costUsd'), calls: sum('calls'), tokens: sum('tokens'), hours: sum('hours') };
}

/**
 * Lets people steer the run: each update makes a new version of the control state, which `optimize` relays to the child
 * that runs. Handlers are synchronous: nothing is lost when the workflow continues as new. A wait for people ends by an
 * update, and is added to the clock in the same version: a child that goes on knows its deadline.
 *
 * @returns what enters a change into the control state
 */
export function acceptUpdates(steering: Steering): (part: Partial<ControlState>) => ControlState {
  const isWaiting = ({ paused }: ControlState): boolean =>
    paused || steering.waiting !== null || steering.childWaiting !== null;

  const change = (part: Partial<ControlState>): ControlState => {
    const { control } = steering;
    const next = { ...control, ...part, version: control.version + 1 };
    steering.control = { ...next, clock: advanceClock(control.clock, isWaiting(next), Date.now()) };
    steering.onChange();
    return steering.control;
  };
  // What a run waits on comes and goes below it, too; time that it has waited without an update is told to its child.
  const show = steering.onChange;
  let waits = isWaiting(steering.control);
  steering.onChange = () => {
    const { control } = steering;
    if (isWaiting(control) !== waits) {
      waits = !waits;
      const clock = advanceClock(control.clock, waits, Date.now());
      const isNews = clock.waitedMs > control.clock.waitedMs && control.caps.hours !== null;
      steering.control = { ...control, clock, version: control.version + (isNews ? 1 : 0) };
    }
    show();
  };

  const going = (_by: ControlAuthor): void => {
    if (steering.control.cancelled !== null) throw new Error('it is being cancelled');
  };
  const pause = (author: ControlAuthor): ControlState => {
    const { paused, pauses = 0 } = steering.control;
    return change(paused ? {} : { paused: true, pauses: pauses + 1, pausedBy: { ...author, atMs: Date.now() } });
  };
  setHandler(pauseUpdate, pause, { validator: going });
  setHandler(resumeUpdate, () => change({ paused: false, resumes: steering.control.resumes + 1 }), {
    validator: going,
  });
  const stop = (author: ControlAuthor): ControlState => {
    const { stoppedBy = author, resumes } = steering.control;
    return change({ stopped: true, stoppedBy, paused: false, resumes: resumes + 1 });
  };
  setHandler(stopUpdate, stop, { validator: going });
  acceptReviews(steering, change);
  // May be asked for again, should the request of the server that follows it have been lost.
  setHandler(cancelUpdate, (by) => change({ cancelled: steering.control.cancelled ?? by }));
  setHandler(rewoundUpdate, ({ discarded, recall }) =>
    change({ discarded: withDiscarded(discarded, steering.control), recall }),
  );
  setHandler(addBudgetUpdate, (add) => change({ caps: raised(steering.control, add) }), {
    validator: (add) => {
      going(add);
      checkBudget(steering.control, add);
    },
  });
  placeHolds(steering);
  return change;
}
