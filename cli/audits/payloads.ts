import { z } from 'zod';
import { ArtifactRef } from '../../records/artifact';
import { DiagnosisKind } from '../../records/diagnosis';
import { GateConfig, GateVerdict } from '../../records/gate';
import { TaskPool } from '../../records/plan';
import { SettingsChange } from '../../records/settings';
import { Spending } from '../../records/usage';

/** What the audit reads of the records that workflows hand to activities and children, and get back from them. */
const skill = ArtifactRef.nullable();
const sample = z.number().int();
const step = z.number().int();

/** What a scheduling that ended said it spent, or what a failure's details say. */
export const Spent = z.object({ spending: Spending });

export const ExecuteIn = z.object({ taskId: z.string(), skill, sample });
export const ExecuteOut = z.object({
  status: z.literal('done'),
  trajectory: ArtifactRef,
  outcome: z.string(),
  turns: z.number(),
});
/** Of a task that is left out, since it kills its worker. */
export const LeftOutTask = z.object({ taskId: z.string() });
export const LeftOut = z.object({ leftOut: z.object({ reason: z.string() }) });
export const ScoreIn = z.object({ taskId: z.string(), trajectory: ArtifactRef });
export const ScoreOut = z.object({
  score: ArtifactRef,
  solved: z.boolean(),
  matched: z.number(),
  total: z.number(),
  status: z.string(),
});
export const DiagnoseIn = z.object({
  step,
  ordinal: z.string(),
  kind: DiagnosisKind,
  rollout: z.object({ taskId: z.string() }),
});
export const DiagnoseOut = z.object({ status: z.literal('done'), diagnosis: ArtifactRef.nullable() });
export const AccumulateOut = z.object({
  status: z.literal('done'),
  momentum: ArtifactRef,
  problems: z.array(z.string()),
});
export const PatchIn = z.object({ duty: z.enum(['step', 'consolidate', 'one-shot']), step, skill: ArtifactRef });
/** Of activities that name their step. */
export const OfStep = z.object({ step });
export const PatchOut = z.object({ status: z.literal('done'), patch: ArtifactRef, candidate: skill });
export const PreparedOut = z.object({ plan: ArtifactRef });
export const SettingsIn = z.object({ kind: z.literal('settings'), changes: z.array(SettingsChange) });
/** Who was asked for an answer, and who gave it. */
export const AnsweredOut = z.object({ answered: z.array(z.object({ asked: z.string(), by: z.string() })) });
export const TasksOut = z.object({ ids: z.array(z.string()) });
export const DeliverCancelledIn = z.object({ kind: z.literal('cancelled') });
export const DeliverRunIn = z.object({ kind: z.literal('run') });

export const OptimizeIn = z.object({
  skillDir: z.string(),
  dataDir: z.string(),
  state: z.object({ prepared: PreparedOut }).optional(),
});
export const OptimizeOut = z.object({ result: ArtifactRef });
export const EpochIn = z.object({ epoch: z.number().int(), state: z.object({ skill: ArtifactRef, step }) });
export const EpochOut = z.object({ state: z.object({ skill: ArtifactRef, step }) });
export const EvaluateIn = z.object({
  purpose: z.enum(['base', 'gate', 'confirmation', 'held-out']),
  pool: TaskPool,
  tasks: z.number().int(),
  arms: z.array(z.object({ skill, sample })),
  stop: z
    .union([
      z.object({ kind: z.literal('failures'), count: z.number().int() }),
      z.object({ kind: z.literal('gate'), gate: GateConfig }),
    ])
    .nullable(),
  state: z.object({ solved: z.array(z.string()) }).optional(),
});
export const EvaluateOut = z.object({
  tasks: z.number().int(),
  solved: z.array(z.number()),
  verdict: GateVerdict.nullable(),
});
