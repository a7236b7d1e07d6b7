import { condition, getExternalWorkflowHandle, isCancellation, setHandler, workflowInfo } from '@temporalio/workflow';
import { withDiscarded, type ControlState, type PauseReason } from '../records/control';
import type { Paid, StageResult } from '../records/stages';
import type { Gathered, PartingWord } from '../records/workflows';
import type { Grant, Spending } from '../records/usage';
import { addSpending, noSpending } from '../records/usage';
import { addGathered } from './gathered';
import { controlSignal, partingSignal, waitingSignal } from './messages';
import { orCancellation, pauseOf, spentWhenCancelled } from './pause-reasons';
import { openReservations } from './reservations';
import { concurrencyOf } from './settings';
import { openWaits } from './waits';

/** What a workflow holds to run its activities under the run's control state and caps. */
export interface Steering extends Gathered {
  control: ControlState;
  /** What this workflow, or a child below it, waits on. */
  waiting: PauseReason | null;
  childWaiting: PauseReason | null;
  /** Tasks at a time; may change under way. */
  concurrency: () => number;
  /** What an epoch that was cancelled below this workflow had come to. */
  parted: PartingWord['epoch'];
  /** Called when what the workflow waits on has changed; the reporter shows it. */
  onChange: () => void;
  /**
   * Runs a paid activity: waits while paused, grants an allowance, settles it, pauses on a fault, tries again. Throws
   * OutOfBudget when the run was told to stop and its caps can't pay for more.
   */
  paid<Body extends object>(schedule: (allowance: Grant) => Promise<StageResult<Body>>): Promise<Body & Paid>;
  /** Waits for people, with the reason on show, until `goOn` holds (true) or `limitMs` are over (false). */
  waitFor(reason: PauseReason, goOn: () => boolean, limitMs?: number): Promise<boolean>;
  /** Runs an activity that spends nothing under the same control. */
  plain<T>(schedule: () => Promise<T>): Promise<T>;
  /** Adds what a child gathered. */
  settle(gathered: Partial<Gathered>): void;
  /** What to hand over to a parent or to the next execution. */
  gathered(): Gathered;
  /** Tells the parent, if there is one, what this workflow waits on. */
  tellParent(reason: PauseReason | null): Promise<void>;
}

/** How one scheduling of an activity ended: with a result, or on a fault that only a person mends. */
type Attempted<T> = { result: T } | { pause: PauseReason; resumes: number };

/**
 * Steers a workflow's activities. Signal handlers are synchronous and only write state, so that nothing is lost when it
 * continues as new. `spentBefore` is what the run had spent before this workflow; `concurrency`, as it stands at the start,
 * splits what is left.
 */
export function steer(start: {
  control: ControlState;
  spentBefore: Spending;
  gathered: Gathered;
  concurrency: number;
}): Steering {
  const parent = workflowInfo().parent;

  const steering: Steering = {
    control: start.control,
    ...start.gathered,
    waiting: null,
    childWaiting: null,
    concurrency: () => concurrencyOf(steering.control, start.concurrency),
    parted: null,
    onChange: () => undefined,
    paid,
    plain,
    waitFor: (...wait) => waitFor(...wait),
    settle: (more) => void Object.assign(steering, addGathered(steering, more)),
    gathered: () => addGathered(steering, {}),
    tellParent: async (reason) => {
      if (parent) await getExternalWorkflowHandle(parent.workflowId).signal(waitingSignal, reason);
    },
  };
  setHandler(controlSignal, (control) => {
    if (control.version <= steering.control.version) return;
    const changed = control.paused !== steering.control.paused;
    steering.control = control;
    if (changed) steering.onChange();
  });
  setHandler(waitingSignal, (reason) => {
    steering.childWaiting = reason;
    steering.onChange();
  });

  setHandler(partingSignal, ({ gathered, epoch }) => {
    steering.settle(gathered);
    steering.parted = epoch ?? steering.parted;
  });

  const waitFor = openWaits(async (first) => {
    steering.waiting = first;
    steering.onChange();
    await steering.tellParent(first);
  });

  /** Schedules once, as soon as the run isn't paused. What the scheduling spent before a fault is settled. */
  async function attempt<T>(schedule: () => Promise<T>): Promise<Attempted<T>> {
    await condition(() => !steering.control.paused);
    const { resumes } = steering.control;
    try {
      return { result: await schedule() };
    } catch (error) {
      if (isCancellation(error)) steering.settle({ spending: spentWhenCancelled(error) });
      const fault = isCancellation(error) ? null : pauseOf(error);
      if (fault === null) throw orCancellation(error);
      steering.settle({ spending: fault.spending });
      return { pause: fault.reason, resumes };
    }
  }

  const resumed = ({ pause, resumes }: { pause: PauseReason; resumes: number }): Promise<boolean> =>
    waitFor(pause, () => steering.control.resumes > resumes);

  async function plain<T>(schedule: () => Promise<T>): Promise<T> {
    for (;;) {
      const ended = await attempt(schedule);
      if ('result' in ended) return ended.result;
      await resumed(ended);
    }
  }

  const books = openReservations({
    control: () => steering.control,
    spent: () => withDiscarded(addSpending(start.spentBefore, steering.spending), steering.control),
    concurrency: steering.concurrency,
    waitFor,
  });

  async function paid<Body extends object>(schedule: (allowance: Grant) => Promise<StageResult<Body>>) {
    let needed: Spending = { ...noSpending, calls: 1 };
    let overMs: number | null = null;
    for (;;) {
      const allowance = await books.reserve(needed, overMs);
      // Settled before it is released, so that nobody is granted what was just spent.
      const ended = await attempt(() => schedule(allowance))
        .then((result) => {
          if ('result' in result) steering.settle(result.result);
          return result;
        })
        .finally(() => books.release(allowance));
      if (!('result' in ended)) await resumed(ended);
      else if (ended.result.status === 'done') return ended.result;
      else [needed, overMs] = await books.handBack(ended.result, allowance);
    }
  }

  return steering;
}
