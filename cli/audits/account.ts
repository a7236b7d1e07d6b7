import type { ArtifactRef } from '../../records/artifact';
import type { Diagnosis } from '../../records/diagnosis';
import type { GateConfig, GateVerdict } from '../../records/gate';
import type { Edit, RefusedEdit } from '../../records/patch';
import type { RunPlan } from '../../records/plan';
import type { CancelledRun, RunResult } from '../../records/progress';
import type { EditedCandidate, StepReview } from '../../records/review';
import type { PatchDuty } from '../../records/stages';
import type { EvaluateInput } from '../../records/workflows';
import type { Spending } from '../../records/usage';
import type { Cause } from './decode';
import type { Execution } from './executions';
import type { Rewind } from './rewinds';

/** Times are ms since the epoch throughout. */
export interface RolloutAccount {
  atMs: number;
  taskId: string;
  skill: ArtifactRef | null;
  sample: number;
  trajectory: ArtifactRef;
  outcome: string;
  turns: number;
  /** Its trajectory was there already, from a measurement before: nothing was paid. */
  reused: boolean;
  /** null while it isn't scored. */
  score: { artifact: ArtifactRef; solved: boolean; matched: number; total: number; status: string } | null;
  spending: Spending;
}

export interface DiagnosisAccount {
  atMs: number;
  ordinal: string;
  taskId: string;
  kind: Diagnosis['kind'];
  /** null: the model could not be brought to a valid one. */
  artifact: ArtifactRef | null;
  proposal: Diagnosis['proposal'] | null;
  spending: Spending;
}

export interface AccumulationAccount {
  atMs: number;
  artifact: ArtifactRef;
  patterns: { id: string; summary: string; seenNow: boolean }[];
  problems: string[];
  spending: Spending;
}

export interface PatchAccount {
  atMs: number;
  duty: PatchDuty;
  artifact: ArtifactRef;
  base: ArtifactRef;
  candidate: ArtifactRef | null;
  rationale: string;
  applied: Edit[];
  refused: RefusedEdit[];
  flags: string[];
  noPatchReason: string | null;
  spending: Spending;
}

/** An evaluation: base rollouts, a gate, the confirmation or the held-out tasks. */
export interface MeasurementAccount {
  kind: 'measurement';
  workflowId: string;
  startedMs: number;
  endedMs: number | null;
  purpose: EvaluateInput['purpose'];
  pool: EvaluateInput['pool'];
  arms: EvaluateInput['arms'];
  gate: GateConfig | null;
  /** Tasks at most. */
  planned: number;
  /** Tasks in order, with one `1` or `0` an arm, or `-` where the task is left out, since it kills its worker; `counted`: they are of the shortest prefix that decided. */
  tasks: { taskId: string; solved: string; counted: boolean }[];
  rollouts: RolloutAccount[];
  /** What its workflow said it measured; null while it runs. */
  said: { tasks: number; solved: number[]; verdict: GateVerdict | null } | null;
  spending: Spending;
}

/** What a person, or nobody in time, made of a candidate that the gate had let pass; `edited` is that person's version. */
export interface ReviewAccount extends StepReview {
  atMs: number;
  edited?: EditedCandidate;
}

/** One mini-batch through the stages, or a slow update. */
export interface StepAccount {
  kind: 'step';
  epoch: number;
  step: number;
  startedMs: number;
  endedMs: number | null;
  skillBefore: ArtifactRef;
  rollouts: RolloutAccount[];
  diagnoses: DiagnosisAccount[];
  accumulation: AccumulationAccount | null;
  patch: PatchAccount | null;
  gate: MeasurementAccount | null;
  /** null: no person was asked, or the candidate still waits. */
  review: ReviewAccount | null;
  /** The gate of the version that a person made of the candidate. */
  editedGate: MeasurementAccount | null;
  /** null while it is undecided. */
  accepted: boolean | null;
  skillAfter: ArtifactRef;
  /** A later rewind has given it up. */
  takenBack: boolean;
  spending: Spending;
}

export interface PrepareAccount {
  kind: 'prepare';
  startedMs: number;
  endedMs: number | null;
}
/** A baseline's skill, written in one go. */
export interface OneShotAccount {
  kind: 'one-shot';
  startedMs: number;
  endedMs: number | null;
  patch: PatchAccount;
}
export interface DeliverAccount {
  kind: 'deliver';
  startedMs: number;
  endedMs: number | null;
  artifact: ArtifactRef | null;
}
export type Phase = PrepareAccount | MeasurementAccount | StepAccount | OneShotAccount | DeliverAccount;

/** What interrupted or steered the run. `where` is the workflow, `what` the activity where there is one. */
export type Incident = { atMs: number; where: string } & (
  | {
      kind: 'control';
      name: string;
      by: string;
      note: string | null;
      details: Record<string, unknown>;
      failed: string | null;
    }
  /** Settings that came into force; `plan` is what the run goes by from there on. */
  | { kind: 'settings'; plan: ArtifactRef; changed: string[] }
  | { kind: 'pause'; reason: Cause; fix: string | null }
  | { kind: 'going-on' }
  | {
      kind: 'retry';
      what: string;
      attempts: number;
      cause: Cause;
      refusedCalls: Record<string, number>;
      lostCalls: number;
    }
  | { kind: 'fault'; what: string; cause: Cause; attempts: number }
  | { kind: 'continued-as-new'; as: string }
  | { kind: 'called-off'; what: string; attempts: number }
  | ({ kind: 'rewind' } & Omit<Rewind, 'atMs'>)
  | { kind: 'failed'; cause: Cause }
);

export interface CostRow {
  name: string;
  calls: number;
  lostCalls: number;
  tokens: number;
  costUsd: number | null;
}

/** What a run paid, by who made the calls, at what stage, and which model answered. */
export interface Costs {
  total: Spending;
  byRole: CostRow[];
  byStage: CostRow[];
  byModel: CostRow[];
}

export interface ExecutionAccount extends Omit<Execution, 'events'> {
  events: number;
  endedMs: number | null;
}

/** The whole account of a run, chronological. */
export interface Account {
  run: string;
  status: string;
  startedMs: number;
  endedMs: number | null;
  startedBy: string;
  inputs: {
    skillDir: string;
    dataDir: string;
    plan: ArtifactRef;
    content: RunPlan;
    /** Digest of each system prompt. */
    prompts: Record<string, ArtifactRef>;
    /** One digest over all tasks of a pool, and over their golden answers. */
    pools: Record<'training' | 'validation' | 'heldOut', { tasks: number; digest: ArtifactRef }>;
    /** Models that answers say they came from, by role, with the number of answers; seeds that a provider refused. */
    answered: { role: string; asked: string; by: string; answers: number; seedsDropped: number }[];
  } | null;
  phases: Phase[];
  incidents: Incident[];
  costs: Costs;
  result: RunResult | null;
  /** What is kept of a run that was cancelled. */
  cancelled: CancelledRun | null;
  /** Tasks that were left out, since they kill their worker, each with the reason. */
  quarantined: { taskId: string; reason: string }[];
  executions: ExecutionAccount[];
}
