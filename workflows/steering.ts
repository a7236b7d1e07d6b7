import { condition, getExternalWorkflowHandle, isCancellation, setHandler, workflowInfo } from '@temporalio/workflow';
import type { ControlState, PauseReason } from '../records/control';
import type { Paid, StageResult } from '../records/stages';
import type { Gathered } from '../records/workflows';
import type { Allowance, Spending } from '../records/usage';
import { addSpending, covers, noSpending } from '../records/usage';
import { grant } from './allowance';
import { controlSignal, waitingSignal } from './messages';
import { budgetSpent, OutOfBudget, pauseOf } from './pause-reasons';
import { noteModels } from './response-models';
import { openWaits } from './waits';

/** What a workflow holds to run its activities under the run's control state and caps. */
export interface Steering extends Gathered {
  control: ControlState;
  /** What this workflow, or a child below it, waits on. */
  waiting: PauseReason | null;
  childWaiting: PauseReason | null;
  /** Called when what the workflow waits on has changed; the reporter shows it. */
  onChange: () => void;
  /**
   * Runs a paid activity: waits while paused, grants an allowance, settles it, pauses on a fault, tries again. Throws
   * OutOfBudget when the run was told to stop and its caps can't pay for more.
   */
  paid<Body extends object>(schedule: (allowance: Allowance) => Promise<StageResult<Body>>): Promise<Body & Paid>;
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
 * continues as new. `spentBefore` is what the run had spent before this workflow; `concurrency` splits what is left.
 */
export function steer(start: {
  control: ControlState;
  spentBefore: Spending;
  gathered: Gathered;
  concurrency: number;
}): Steering {
  let outstanding: Allowance[] = [];
  const parent = workflowInfo().parent;

  const steering: Steering = {
    control: start.control,
    ...start.gathered,
    waiting: null,
    childWaiting: null,
    onChange: () => undefined,
    paid,
    plain,
    settle: ({ spending = noSpending, warnings = [], answered = [] }) => {
      steering.spending = addSpending(steering.spending, spending);
      const noted = noteModels(steering.answered, answered);
      steering.answered = noted.answered;
      steering.warnings = [...new Set([...steering.warnings, ...warnings, ...noted.warnings])];
    },
    gathered: () => ({ spending: steering.spending, warnings: steering.warnings, answered: steering.answered }),
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
      const fault = isCancellation(error) ? null : pauseOf(error);
      if (fault === null) throw error;
      steering.settle({ spending: fault.spending });
      return { pause: fault.reason, resumes };
    }
  }

  const resumed = ({ pause, resumes }: { pause: PauseReason; resumes: number }): Promise<void> =>
    waitFor(pause, () => steering.control.resumes > resumes);

  async function plain<T>(schedule: () => Promise<T>): Promise<T> {
    for (;;) {
      const ended = await attempt(schedule);
      if ('result' in ended) return ended.result;
      await resumed(ended);
    }
  }

  /** Waits until the caps leave room for `needed`, and holds an allowance back from all others. */
  async function reserve(needed: Spending): Promise<Allowance> {
    for (;;) {
      const before = addSpending(start.spentBefore, steering.spending);
      const { caps } = steering.control;
      const allowance = grant(caps, before, outstanding, needed, start.concurrency);
      if (allowance !== null) {
        outstanding.push(allowance);
        return allowance;
      }
      const busy = outstanding.length;
      const raised = () => steering.control.caps !== caps;
      if (busy > 0) {
        await condition(() => outstanding.length < busy || raised());
        continue;
      }
      if (steering.control.stopped) throw new OutOfBudget('the run was told to stop, and its budget is spent');
      const affordable = () => raised() && covers(steering.control.caps, addSpending(before, needed));
      await waitFor(budgetSpent(caps, before, needed), () => steering.control.stopped || affordable());
    }
  }

  async function paid<Body extends object>(schedule: (allowance: Allowance) => Promise<StageResult<Body>>) {
    let needed: Spending = { ...noSpending, calls: 1 };
    for (;;) {
      const allowance = await reserve(needed);
      const ended = await attempt(() => schedule(allowance));
      // Settled before it is released, so that nobody is granted what was just spent.
      if ('result' in ended) steering.settle(ended.result);
      outstanding = outstanding.filter((entry) => entry !== allowance);
      if (!('result' in ended)) await resumed(ended);
      else if (ended.result.status === 'done') return ended.result;
      else needed = ended.result.needed;
    }
  }

  return steering;
}
