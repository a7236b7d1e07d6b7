import { z } from 'zod';
import { ArtifactRef } from './artifact';
import { GateVerdict } from './gate';
import { StepSummary } from './progress';
import { ShownConfig } from './run-config';
import { Spending } from './usage';
import type { JudgedPatch } from './stages';
import type { EpochInput, EpochState, Gathered } from './workflows';

const count = z.number().int().nonnegative();
const Answered = z.object({ asked: z.string(), by: z.string() });

/** A field that a type has and its schema lacks would be lost to a replay without a word. */
type FieldsOf<T> = Record<keyof T, z.ZodType>;

const RecordedState = z.object({
  skill: ArtifactRef,
  momentum: ArtifactRef.nullable(),
  rejected: ArtifactRef.nullable(),
  previous: z
    .object({
      step: count,
      provisional: z.boolean(),
      patch: ArtifactRef,
      accepted: z.boolean(),
      verdict: GateVerdict.nullable(),
      rejection: z.string().exactOptional(),
    } satisfies FieldsOf<JudgedPatch>)
    .nullable(),
  batch: count,
  step: count,
  accepted: count,
  stepsWithoutAcceptance: count,
  allCorrectBatches: count,
  stepPages: ArtifactRef.nullable(),
  recent: z.array(StepSummary),
  gathered: z.object({
    spending: Spending,
    warnings: z.array(z.string()),
    answered: z.array(Answered),
    quarantined: z.array(z.string()),
  } satisfies FieldsOf<Gathered>),
} satisfies FieldsOf<Omit<EpochState, 'settings'>>);

/** What a history has of the input of an epoch, without what steers and pays for it: the part that a replay repeats. */
export const RecordedEpoch = z.object({
  run: z.string(),
  plan: ArtifactRef,
  epoch: z.number().int().positive(),
  epochs: count,
  trainingSet: ArtifactRef,
  batches: count,
  config: ShownConfig,
  validationTasks: count,
  state: RecordedState,
}) satisfies z.ZodType<Omit<EpochInput, 'concurrency' | 'control' | 'spentBefore' | 'answeredBefore' | 'searchable'>>;
export type RecordedEpoch = z.infer<typeof RecordedEpoch>;
