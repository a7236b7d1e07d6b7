import type { ArtifactRef } from './artifact';
import type { ControlState } from './control';
import type { BeforeAfter, HeldOut } from './gain';
import type { GateConfig, GateVerdict } from './gate';
import type { TaskPool } from './plan';
import type { StepSummary } from './progress';
import type { RunConfig } from './run-config';
import type { SettingsRecord } from './settings';
import type { Answered, InForce, JudgedPatch, PreparedRun } from './stages';
import type { Spending } from './usage';

/** What a workflow has gathered under way and hands to its parent, or to itself when it continues as new. */
export interface Gathered {
  spending: Spending;
  warnings: string[];
  answered: Answered[];
  /** Ids of tasks that have been left out, since they kill their worker; sorted. */
  quarantined: string[];
}

/** What a child that is being cancelled leaves behind: its books, and of an epoch what it had come to. */
export interface PartingWord {
  gathered: Gathered;
  /** With the steps that were in no page yet. */
  epoch: { state: EpochState; steps: StepSummary[]; plan: ArtifactRef } | null;
}

/** What children of a run are started with: the steering state and what the run had spent before them. */
export interface ChildScope {
  run: string;
  plan: ArtifactRef;
  concurrency: number;
  control: ControlState;
  spentBefore: Spending;
  answeredBefore: Answered[];
  /** Whether the server knows SkillGrad's search attributes; without them a run goes on and does without. */
  searchable: boolean;
}

export interface EvaluateInput extends ChildScope {
  purpose: 'base' | 'gate' | 'confirmation' | 'held-out';
  pool: TaskPool;
  tasks: number;
  /** One arm; for a paired comparison the candidate's samples, then as many of the current version. */
  arms: { skill: ArtifactRef | null; sample: number }[];
  stop: { kind: 'failures'; count: number } | { kind: 'gate'; gate: GateConfig } | null;
  state?: EvaluateState;
}
/** Carried over continue-as-new: verdict bits only, as `1`/`0` a task and arm or `-` for one left out; rollouts are in pages. */
export interface EvaluateState {
  solved: string[];
  pages: ArtifactRef | null;
  gathered: Gathered;
}
export interface EvaluateResult {
  /** Tasks measured, in order, and those solved by each arm. */
  tasks: number;
  /** Tasks left out of all arms, since one of them had to be left out of one. */
  quarantined: number;
  solved: number[];
  /** Tasks on which the first half of the arms did better than the second, and worse; 0 of a single arm. */
  wins: number;
  losses: number;
  verdict: GateVerdict | null;
  /** Chain of pages with the rollouts of the first arm. */
  rollouts: ArtifactRef | null;
  gathered: Gathered;
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
  /** The last steps, at most ten, for people who watch the run. */
  recent: StepSummary[];
  gathered: Gathered;
  /** Changes of settings that are in force, the first of all that the run was told; absent until there is one. */
  settings?: SettingsRecord[];
}
export interface EpochResult {
  state: EpochState;
  stopped: 'patience' | 'all-correct' | 'asked' | null;
  /** What is in force at its end, where settings were changed since its start. */
  inForce?: InForce;
}

/** What an epoch was started with, as a replay starts it again. */
export type RepeatedEpoch = Pick<EpochInput, 'epochs' | 'trainingSet' | 'batches' | 'config' | 'validationTasks'>;

export interface OptimizeInput {
  run: string;
  skillDir: string;
  dataDir: string;
  config: RunConfig;
  searchable: boolean;
  state?: OptimizeState;
  /** Of a replay: it ends after this epoch, with nothing measured on held-out tasks. */
  repeats?: RepeatedEpoch;
}
/** Carried over continue-as-new of `optimize`, between its children. */
export interface OptimizeState {
  prepared: PreparedRun;
  phase: 'base' | 'one-shot' | 'epochs' | 'confirm' | 'held-out' | 'deliver';
  epoch: number;
  trainingSet: ArtifactRef | null;
  failures: number;
  epochState: EpochState;
  control: ControlState;
  finalSkill: ArtifactRef;
  note: string | null;
  stoppedEarly: string | null;
  validation: BeforeAfter | null;
  heldOut: HeldOut | null;
  gathered: Gathered;
}
export interface OptimizeResult {
  result: ArtifactRef;
}
