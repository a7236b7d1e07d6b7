import { z } from 'zod';
import { ArtifactRef } from './artifact';
import { DropRule, DropVerdict } from './score-drop';
import { Caps, Spending } from './usage';

/** What a schedule re-evaluates, when it does more than look, and what it does about a drop. */
export const ScheduleSettings = z.object({
  /** Name of the schedule, and of its looks in the store: `schedules/<series>`. */
  name: z.string(),
  series: z.string(),
  /** The run that delivered the skill. */
  origin: z.string(),
  skillName: z.string(),
  plan: ArtifactRef,
  skill: ArtifactRef,
  /** Pages with the rollouts of the delivery's held-out evaluation. */
  delivered: ArtifactRef,
  /** Model of the executor; the delivery's own unless it was set. */
  model: z.string(),
  /** Only a model that answers otherwise named than before is evaluated; a look is one task then. */
  onModelChange: z.boolean(),
  rule: DropRule,
  /** Caps of one re-evaluation; what they can't pay for is left unmeasured. */
  caps: Caps,
  concurrency: z.number().int().positive(),
  /** Caps of the optimisation that a drop starts; null: a drop is only told. */
  optimise: Caps.nullable(),
  searchable: z.boolean(),
});
export type ScheduleSettings = z.infer<typeof ScheduleSettings>;

/** Who answered: the model that responses name, and what they say of the system behind it. */
export const Answerer = z.object({ model: z.string(), fingerprint: z.string().nullable() });
export type Answerer = z.infer<typeof Answerer>;

/** One look of a schedule, as kept in the store. */
export const Look = z.object({
  workflowId: z.string(),
  /** ISO 8601; when the look began. */
  at: z.string(),
  /** The model asked for, and who answered. */
  model: z.string(),
  answerers: z.array(Answerer),
  /** null: the model was found to be the same, and nothing more was measured. */
  verdict: DropVerdict.nullable(),
  /** Held-out tasks that there were to measure. */
  tasks: z.number().int(),
  spending: Spending,
  /** The optimisation that the drop started. */
  started: z.string().nullable(),
  note: z.string(),
});
export type Look = z.infer<typeof Look>;

/** Whether somebody answers whom an earlier measurement did not meet; a system without a fingerprint goes by its model. */
export function newAnswerers(known: readonly Answerer[], now: readonly Answerer[]): Answerer[] {
  return now.filter(
    (one) => !known.some(({ model, fingerprint }) => model === one.model && fingerprint === one.fingerprint),
  );
}

/** A part of a name of the run that a look starts. */
export function plainName(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}
