import { z } from 'zod';
import { ArtifactRef } from './artifact';
import { GateVerdict } from './gate';
import { StepSummary } from './progress';
import { ShownConfig } from './run-config';
import { Spending } from './usage';
import type { EpochInput } from './workflows';

const count = z.number().int().nonnegative();
const Answered = z.object({ asked: z.string(), by: z.string() });

const EpochState = z.object({
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
    })
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
  }),
});

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
  state: EpochState,
}) satisfies z.ZodType<Omit<EpochInput, 'concurrency' | 'control' | 'spentBefore' | 'answeredBefore' | 'searchable'>>;
export type RecordedEpoch = z.infer<typeof RecordedEpoch>;
