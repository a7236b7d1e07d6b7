import type { ArtifactRef } from './artifact';
import type { ControlState } from './control';
import type { DiagnosisKind } from './diagnosis';
import type { GateVerdict } from './gate';
import type { TaskPool } from './plan';
import type { StepSummary } from './progress';
import type { GateConfig, RunConfig } from './run-config';
import type { Outcome } from './trajectory';
import type { Allowance, Spending } from './usage';

/** What every paid activity is told: the run, its frozen plan, and how much it may spend. */
export interface StageInput {
  run: string;
  plan: ArtifactRef;
  allowance: Allowance;
}

/** A paid activity either ends, or hands back because its allowance can't cover the next call (`needed`). */
export type StageResult<Body> = ({ status: 'done' } & Body & Paid) | ({ status: 'allowance'; needed: Spending } & Paid);

/** What this scheduling of the activity spent, crashed attempts and lost calls included; and who answered. */
export interface Paid {
  spending: Spending;
  responseModels: string[];
}

export interface ExecuteInput extends StageInput {
  taskId: string;
  skill: ArtifactRef | null;
  sample: number;
}
export type ExecuteResult = StageResult<{ trajectory: ArtifactRef; outcome: Outcome; turns: number }>;

export interface ScoreInput {
  run: string;
  plan: ArtifactRef;
  taskId: string;
  trajectory: ArtifactRef;
}
export interface ScoreResult {
  score: ArtifactRef;
  solved: boolean;
  matched: number;
  total: number;
  status: string;
}

/** A finished rollout, as workflows hold it. */
export interface Rollout {
  taskId: string;
  trajectory: ArtifactRef;
  score: ArtifactRef;
  solved: boolean;
}

export interface DiagnoseInput extends StageInput {
  step: number;
  ordinal: string;
  kind: DiagnosisKind;
  rollout: Rollout;
  /** Page of base rollouts in which the task's failed attempt is found, for contrast. */
  trainingSet: ArtifactRef;
}
/** `diagnosis` is null when the model could not be brought to a valid one: "no diagnosis". */
export type DiagnoseResult = StageResult<{ diagnosis: ArtifactRef | null; label: string }>;

/** A step's patch with what the gate made of it; null verdict: no gate. */
export interface JudgedPatch {
  step: number;
  patch: ArtifactRef;
  accepted: boolean;
  verdict: GateVerdict | null;
}

export interface AccumulateInput extends StageInput {
  step: number;
  skill: ArtifactRef;
  diagnoses: ArtifactRef[];
  momentum: ArtifactRef | null;
  previous: JudgedPatch | null;
}
export type AccumulateResult = StageResult<{ momentum: ArtifactRef; patterns: number; problems: string[] }>;

export interface PatchInput extends StageInput {
  step: number;
  steps: number;
  skill: ArtifactRef;
  momentum: ArtifactRef;
  /** Edits that the gate refused earlier, and the last patch with its verdict, to be added to them. */
  rejected: ArtifactRef | null;
  previous: JudgedPatch | null;
}
export type PatchResult = StageResult<{
  patch: ArtifactRef;
  candidate: ArtifactRef | null;
  rejected: ArtifactRef | null;
  edits: number;
  refused: number;
  flags: string[];
}>;

/** `prepare`: freezes a run's inputs, or brings the next page of what a workflow goes through. */
export type PrepareInput =
  | { kind: 'run'; run: string; skillDir: string; dataDir: string; config: RunConfig }
  | { kind: 'tasks'; plan: ArtifactRef; pool: TaskPool; from: number; count: number }
  | { kind: 'mini-batches'; plan: ArtifactRef; trainingSet: ArtifactRef; epoch: number; from: number; count: number };

export interface PreparedRun {
  plan: ArtifactRef;
  skillName: string;
  seedSkill: ArtifactRef;
  config: Omit<RunConfig, 'prices' | 'sandboxLimits' | 'notify'>;
  sizes: Record<TaskPool, number>;
  excluded: number;
}

/** `deliver`: writes what a workflow has gathered: a page of rollouts or steps, or the run's result. */
export type DeliverInput =
  | { kind: 'rollouts'; previous: ArtifactRef | null; rollouts: Rollout[] }
  | { kind: 'steps'; previous: ArtifactRef | null; steps: StepSummary[] }
  | { kind: 'run'; run: string; result: DeliverRun };

export interface DeliverRun {
  plan: ArtifactRef;
  finalSkill: ArtifactRef;
  note: string | null;
  momentum: ArtifactRef | null;
  previous: JudgedPatch | null;
  steps: ArtifactRef | null;
  heldOut: BeforeAfter;
  validation: BeforeAfter | null;
  spending: Spending;
  warnings: string[];
}
export interface BeforeAfter {
  before: { solved: number; tasks: number };
  after: { solved: number; tasks: number };
}

/** What children of a run are started with: the steering state and what the run had spent before them. */
export interface ChildScope {
  run: string;
  plan: ArtifactRef;
  concurrency: number;
  control: ControlState;
  spentBefore: Spending;
}

export interface EvaluateInput extends ChildScope {
  purpose: 'base' | 'gate' | 'confirmation' | 'held-out';
  pool: TaskPool;
  tasks: number;
  /** One arm, or candidate and current in this order for a paired comparison. */
  arms: { skill: ArtifactRef | null; sample: number }[];
  stop: { kind: 'failures'; count: number } | { kind: 'gate'; gate: GateConfig } | null;
  state?: EvaluateState;
}
/** Carried over continue-as-new: verdict bits only, as `1`/`0` a task and arm; rollouts are in pages. */
export interface EvaluateState {
  solved: string[];
  pages: ArtifactRef | null;
  spending: Spending;
  warnings: string[];
}
export interface EvaluateResult {
  /** Tasks measured, in order, and those solved by each arm. */
  tasks: number;
  solved: number[];
  verdict: GateVerdict | null;
  /** Chain of pages with the rollouts of the first arm. */
  rollouts: ArtifactRef | null;
  spending: Spending;
  warnings: string[];
}

export interface EpochInput extends ChildScope {
  epoch: number;
  epochs: number;
  trainingSet: ArtifactRef;
  batches: number;
  config: PreparedRun['config'];
  validationTasks: number;
  state: EpochState;
}
/** What the optimisation carries from step to step, over epochs and continue-as-new. */
export interface EpochState {
  skill: ArtifactRef;
  momentum: ArtifactRef | null;
  rejected: ArtifactRef | null;
  previous: JudgedPatch | null;
  /** Batches of this epoch already done. */
  batch: number;
  step: number;
  accepted: number;
  stepsWithoutAcceptance: number;
  allCorrectBatches: number;
  stepPages: ArtifactRef | null;
  spending: Spending;
  warnings: string[];
}
export interface EpochResult {
  state: EpochState;
  stopped: 'patience' | 'all-correct' | 'asked' | null;
}

export interface OptimizeInput {
  run: string;
  skillDir: string;
  dataDir: string;
  config: RunConfig;
  state?: OptimizeState;
}
/** Carried over continue-as-new of `optimize`, between its children. */
export interface OptimizeState {
  prepared: PreparedRun;
  phase: 'base' | 'epochs' | 'confirm' | 'held-out' | 'deliver';
  epoch: number;
  trainingSet: ArtifactRef | null;
  failures: number;
  epochState: EpochState;
  control: ControlState;
  finalSkill: ArtifactRef;
  note: string | null;
  validation: BeforeAfter | null;
  heldOut: BeforeAfter | null;
  spending: Spending;
  warnings: string[];
}
export interface OptimizeResult {
  result: ArtifactRef;
}
