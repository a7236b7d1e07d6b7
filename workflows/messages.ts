import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ControlAuthor, ControlState, PauseReason } from '../records/control';
import type { ArtifactRef } from '../records/artifact';
import type { EditedCandidate } from '../records/review';
import type { Progress } from '../records/progress';
import type { SettingsChange } from '../records/settings';
import type { Spending } from '../records/usage';
import type { PartingWord } from '../records/workflows';

/** Answered by all three workflows; `child` names the workflow to ask for finer detail. */
export const progressQuery = defineQuery<Progress>('progress');

export const pauseUpdate = defineUpdate<ControlState, [ControlAuthor]>('pause');
export const resumeUpdate = defineUpdate<ControlState, [ControlAuthor]>('resume');
/** Finishes the step, evaluates the best version and delivers it. */
export const stopUpdate = defineUpdate<ControlState, [ControlAuthor]>('stop');

/** Notes who cancels the run and why; the cancellation itself is requested of the server right after. */
export const cancelUpdate = defineUpdate<ControlState, [ControlAuthor]>('cancel');

export interface AddBudget extends ControlAuthor {
  costUsd?: number;
  calls?: number;
  tokens?: number;
  hours?: number;
}
/** Raises the caps that are given; a run without that cap refuses it. */
export const addBudgetUpdate = defineUpdate<ControlState, [AddBudget]>('addBudget');

/** Settings to change; they hold from the next step on, the number of tasks at a time at once. */
export interface SetSettings extends ControlAuthor {
  change: SettingsChange;
}
export const setUpdate = defineUpdate<ControlState, [SetSettings]>('set');

/** Ends a rewind: what the work that was given up had cost, and by what name the next rewind recalls grants. */
export interface Rewound extends ControlAuthor {
  discarded: Spending;
  recall: string;
}
export const rewoundUpdate = defineUpdate<ControlState, [Rewound]>('rewound');

/** A person's word on the candidate that waits for a review; it is bound to the candidate's digest. */
export interface ReviewWord extends ControlAuthor {
  candidate: ArtifactRef;
}
export const approveUpdate = defineUpdate<ControlState, [ReviewWord]>('approve');
/** Its note reaches the next patch. */
export const rejectUpdate = defineUpdate<ControlState, [ReviewWord]>('reject');
/** Puts a person's version in the candidate's place; it goes through the gate. */
export const editUpdate = defineUpdate<ControlState, [ReviewWord & { edited: EditedCandidate }]>('edit');

/** From parent to child: the whole versioned control state. */
export const controlSignal = defineSignal<[ControlState]>('control');
/** From child to parent: it waits on a reason, or goes on (null). */
export const waitingSignal = defineSignal<[PauseReason | null]>('waiting');
/** From a child that is being cancelled to its parent, before it ends: what would be lost with it. */
export const partingSignal = defineSignal<[PartingWord]>('parting');
