import type { ArtifactRef } from './artifact';
import type { DiagnosisKind } from './diagnosis';
import type { RunSteps } from './edit-budget';
import type { BeforeAfter, HeldOut } from './gain';
import type { GateVerdict } from './gate';
import type { TaskPool } from './plan';
import type { CancelledRun, StepSummary } from './progress';
import type { RunConfig, ShownConfig } from './run-config';
import type { Answerer, Look, ScheduleSettings } from './schedule';
import type { DropRule, DropVerdict } from './score-drop';
import type { SettingsChange, SettingsRecord } from './settings';
import type { Outcome } from './trajectory';
import type { Grant, Spending } from './usage';

/** What every paid activity is told: the run, its frozen plan, and how much it may spend. */
export interface StageInput {
  run: string;
  plan: ArtifactRef;
  allowance: Grant;
}

/**
 * A paid activity either ends, or hands back: because its allowance can't cover the next call (`needed`), because the
 * time is over in which it may begin one, because the run is being rewound and what it was granted is recalled, or
 * because the run has been paused since (`held`).
 */
export type StageResult<Body> =
  | ({ status: 'done' } & Body & Paid)
  | ({ status: 'allowance'; needed: Spending; outOfTime: boolean; recalled: boolean; held: boolean } & Paid);

/** A model that a request named, and the one that the response says it came from. */
export interface Answered {
  asked: string;
  by: string;
}

/** What this scheduling of the activity spent, crashed attempts and lost calls included; and who answered. */
export interface Paid {
  spending: Spending;
  answered: Answered[];
}

export interface ExecuteInput extends StageInput {
  taskId: string;
  skill: ArtifactRef | null;
  sample: number;
}
export type ExecuteResult = StageResult<Executed | LeftOut>;
export interface Executed {
  trajectory: ArtifactRef;
  outcome: Outcome;
  turns: number;
}

/** A task that is not executed, or not scored, since that has killed its worker too often; never a score. */
export interface LeftOut {
  leftOut: { reason: string };
}

export interface ScoreInput {
  run: string;
  plan: ArtifactRef;
  taskId: string;
  trajectory: ArtifactRef;
}
export type ScoreResult = Verdict | LeftOut;
export interface Verdict {
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
  /** It came before the first record: its edits name patterns that were made up from its batch's diagnoses. */
  provisional: boolean;
  patch: ArtifactRef;
  accepted: boolean;
  verdict: GateVerdict | null;
  /** Why a person refused what the gate had accepted. */
  rejection?: string;
}

export interface AccumulateInput extends StageInput {
  step: number;
  skill: ArtifactRef;
  diagnoses: ArtifactRef[];
  momentum: ArtifactRef | null;
  previous: JudgedPatch | null;
}
export type AccumulateResult = StageResult<{ momentum: ArtifactRef; patterns: number; problems: string[] }>;

/**
 * What a patch is for: a step's answer to its patterns, the consolidation of a slow update, or (a baseline) a whole skill
 * written from task prompts alone.
 */
export type PatchDuty = 'step' | 'consolidate' | 'one-shot';

export interface PatchInput extends StageInput {
  duty: PatchDuty;
  step: number;
  steps: RunSteps;
  skill: ArtifactRef;
  /** null before the first accumulation: the patch then answers `diagnoses`, which are empty otherwise. */
  momentum: ArtifactRef | null;
  diagnoses: ArtifactRef[];
  /** Scores of the batch, and page of base rollouts: the values that they show are of the tasks alone. */
  scores: ArtifactRef[];
  trainingSet: ArtifactRef | null;
  /** Edits that the gate refused earlier, and the last patch with its verdict, to be added to them. */
  rejected: ArtifactRef | null;
  previous: JudgedPatch | null;
}
export type PatchResult = StageResult<{
  patch: ArtifactRef;
  candidate: ArtifactRef | null;
  rejected: ArtifactRef | null;
  /** The record that it was made from; that of a consolidation has the previous patch and its verdict in its log. */
  momentum: ArtifactRef | null;
  edits: number;
  refused: number;
  flags: string[];
}>;

/** `prepare`: freezes a run's inputs, or brings the next page of what a workflow goes through. */
export type PrepareInput =
  | { kind: 'run'; run: string; skillDir: string; dataDir: string; config: RunConfig }
  | { kind: 'look'; run: string; settings: ScheduleSettings }
  | { kind: 'optimise-again'; run: string; settings: ScheduleSettings }
  | { kind: 'settings'; plan: ArtifactRef; changes: SettingsChange[] }
  | { kind: 'tasks'; plan: ArtifactRef; pool: TaskPool; from: number; count: number }
  | { kind: 'mini-batches'; plan: ArtifactRef; trainingSet: ArtifactRef; epoch: number; from: number; count: number };

/** What `prepare` returns, by kind. */
export interface PrepareResults {
  look: PreparedLook;
  'optimise-again': { prepared: PreparedRun; config: RunConfig };
  run: PreparedRun;
  settings: InForce;
  tasks: { ids: string[] };
  'mini-batches': { batches: string[][] };
}
export type Prepare = <Kind extends PrepareInput['kind']>(
  input: Extract<PrepareInput, { kind: Kind }>,
) => Promise<PrepareResults[Kind]>;

export interface PreparedRun {
  plan: ArtifactRef;
  skillName: string;
  seedSkill: ArtifactRef;
  config: ShownConfig;
  sizes: Record<TaskPool, number>;
  excluded: number;
  warnings: string[];
}

/** What a run goes by from a change of its settings on. */
export type InForce = Pick<PreparedRun, 'plan' | 'config'>;

/** What a schedule's look goes by. */
export interface PreparedLook {
  /** The delivery's plan, in the name of the look and with the schedule's model. */
  plan: ArtifactRef;
  /** Held-out tasks that the delivery was measured on. */
  tasks: number;
  /** The model of the last evaluation, the delivery's or a later look's, and who answered then. */
  known: { model: string; answerers: Answerer[] };
  /** The optimisation that an earlier look has started. */
  started: string | null;
}

/** `compare`: a re-evaluation against the delivery; both are chains of pages with rollouts. */
export interface CompareInput {
  delivered: ArtifactRef;
  measured: ArtifactRef | null;
  rule: DropRule;
}
export interface CompareResult {
  verdict: DropVerdict;
  answerers: Answerer[];
}

/** `hold`: the name of the object that stops grants; see `holdName`. */
export interface HoldInput {
  name: string;
}

/** `deliver`: writes what a workflow has gathered: a page of rollouts or steps, a schedule's look, the run's result, or what is kept of one that was cancelled. */
export type DeliverInput =
  | { kind: 'rollouts'; previous: ArtifactRef | null; rollouts: Rollout[] }
  | { kind: 'steps'; previous: ArtifactRef | null; steps: StepSummary[] }
  | { kind: 'look'; series: string; name: string; look: Look }
  | { kind: 'run'; run: string; result: DeliverRun }
  | { kind: 'cancelled'; run: string; result: DeliverCancelled };

export interface DeliverRun {
  plan: ArtifactRef;
  finalSkill: ArtifactRef;
  note: string | null;
  momentum: ArtifactRef | null;
  previous: JudgedPatch | null;
  steps: ArtifactRef | null;
  heldOut: HeldOut;
  validation: BeforeAfter | null;
  spending: Spending;
  warnings: string[];
  quarantined: string[];
  settings: SettingsRecord[];
  /** Run id of the execution that delivers: a run that is rewound and ends again has a result of its own. */
  runId: string;
}
/** What is kept of a run that was cancelled; `pages` and `steps` together are all its steps. */
export interface DeliverCancelled extends Omit<CancelledRun, 'run' | 'steps'> {
  pages: ArtifactRef | null;
  steps: StepSummary[];
  runId: string;
}
