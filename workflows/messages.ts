import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ControlAuthor, ControlState, PauseReason } from '../records/control';
import type { Progress } from '../records/progress';

/** Answered by all three workflows; `child` names the workflow to ask for finer detail. */
export const progressQuery = defineQuery<Progress>('progress');

export const pauseUpdate = defineUpdate<ControlState, [ControlAuthor]>('pause');
export const resumeUpdate = defineUpdate<ControlState, [ControlAuthor]>('resume');
/** Finishes the step, evaluates the best version and delivers it. */
export const stopUpdate = defineUpdate<ControlState, [ControlAuthor]>('stop');

export interface AddBudget extends ControlAuthor {
  costUsd?: number;
  calls?: number;
  tokens?: number;
}
/** Raises the caps that are given; a run without that cap refuses it. */
export const addBudgetUpdate = defineUpdate<ControlState, [AddBudget]>('addBudget');

/** From parent to child: the whole versioned control state. */
export const controlSignal = defineSignal<[ControlState]>('control');
/** From child to parent: it waits on a reason, or goes on (null). */
export const waitingSignal = defineSignal<[PauseReason | null]>('waiting');
