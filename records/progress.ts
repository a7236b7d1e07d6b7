import { z } from 'zod';
import { ArtifactRef } from './artifact';
import { ControlAuthor, PauseReason } from './control';
import { BeforeAfter, HeldOut } from './gain';
import { GateVerdict } from './gate';
import { StepReview } from './review';
import { SettingsRecord } from './settings';
import { Caps, Spending } from './usage';

/** One accepted or refused patch as shown to people. */
export const StepSummary = z.object({
  epoch: z.number().int(),
  step: z.number().int(),
  tasks: z.number().int(),
  solved: z.number().int(),
  edits: z.number().int(),
  patch: ArtifactRef.nullable(),
  /** null: no patch, or no gate. */
  verdict: GateVerdict.nullable(),
  accepted: z.boolean(),
  /** What a person, or the lack of one, made of a patch that the gate had accepted. */
  review: StepReview.optional(),
  skill: ArtifactRef,
});
export type StepSummary = z.infer<typeof StepSummary>;

/** Answer to the `progress` query of any of the three workflows; `child` is the id to ask for more detail. */
export const Progress = z.object({
  run: z.string(),
  stage: z.string(),
  epoch: z.number().int(),
  epochs: z.number().int(),
  step: z.number().int(),
  steps: z.number().int(),
  /** The number of the step in the whole run, which `step` counts within its epoch; absent outside of an epoch. */
  stepOfRun: z.number().int().optional(),
  tasksDone: z.number().int(),
  tasks: z.number().int(),
  solved: z.number().int(),
  spending: Spending,
  currentSkill: ArtifactRef.nullable(),
  pause: PauseReason.nullable(),
  child: z.string().nullable(),
  history: z.array(StepSummary),
  warnings: z.array(z.string()),
  /** Ids of tasks that were left out, since they kill their worker. */
  quarantined: z.array(z.string()),
  /** Changes of settings, in the order that they were asked for. */
  settings: z.array(SettingsRecord).default([]),
  /** Absent: its worker doesn't tell. */
  caps: Caps.optional(),
});
export type Progress = z.infer<typeof Progress>;

/** What a run delivers. */
export const RunResult = z.object({
  run: z.string(),
  plan: ArtifactRef,
  seedSkill: ArtifactRef,
  finalSkill: ArtifactRef,
  /** Why the seed is delivered, and where the run stopped early; null when there is nothing to tell. */
  note: z.string().nullable(),
  momentum: ArtifactRef.nullable(),
  heldOut: HeldOut,
  validation: BeforeAfter.nullable(),
  steps: z.array(StepSummary),
  spending: Spending,
  warnings: z.array(z.string()),
  /** Ids of tasks that were left out of what was measured after they had killed their worker too often. */
  quarantined: z.array(z.string()),
  /** Changes of settings under way; `plan` has those that came into force. */
  settings: z.array(SettingsRecord).default([]),
});
export type RunResult = z.infer<typeof RunResult>;

/** What is kept of a run that was cancelled, beside its histories: where it stood, and who cancelled it. */
export const CancelledRun = z.object({
  run: z.string(),
  plan: ArtifactRef,
  /** null: cancelled by other means than `skillgrad cancel`. */
  by: ControlAuthor.nullable(),
  stage: z.string(),
  /** The version that the last gate left current. */
  skill: ArtifactRef,
  momentum: ArtifactRef.nullable(),
  steps: z.array(StepSummary),
  spending: Spending,
  warnings: z.array(z.string()),
  settings: z.array(SettingsRecord).default([]),
});
export type CancelledRun = z.infer<typeof CancelledRun>;

/** Name in the store of what is kept of a cancelled run; `runId` is that of the execution that was cancelled. */
export function cancelledName(run: string, runId: string): string {
  return `runs/${run}/cancelled-${runId}`;
}
