import { z } from 'zod';
import { GateConfig, gateDefaults } from './gate';
import { Approval } from './review';
import { ScoreProtocol } from './score';
import { BenchmarkName } from './task';

export const Role = z.enum(['executor', 'diagnoser', 'accumulator', 'patcher']);
export type Role = z.infer<typeof Role>;

/**
 * How the delivered skill comes about: `skillgrad` is the method; the others are baselines under the same harness.
 * `no-skill` and `seed-skill` only measure; `one-shot` writes a skill from task prompts alone; `one-pass` revises once from all failures, without a gate.
 */
export const Method = z.enum(['skillgrad', 'no-skill', 'seed-skill', 'one-shot', 'one-pass']);
export type Method = z.infer<typeof Method>;

/**
 * What becomes of an edit that adds a script, a web address, a shell command or an instruction to the agent about its
 * own rules: `flag` shows it to people, `refuse` hands it back to the patcher.
 */
export const GuardedPolicy = z.enum(['flag', 'refuse']);
export type GuardedPolicy = z.infer<typeof GuardedPolicy>;

export const SandboxBackend = z.enum(['deno', 'bubblewrap']);
export type SandboxBackend = z.infer<typeof SandboxBackend>;

/** Limits of one run of untrusted code. Bytes and milliseconds. */
export const SandboxLimits = z.object({
  cpuMs: z.number().int().positive(),
  wallMs: z.number().int().positive(),
  memoryBytes: z.number().int().positive(),
  processes: z.number().int().positive(),
  fileBytes: z.number().int().positive(),
  workDirBytes: z.number().int().positive(),
  tmpBytes: z.number().int().positive(),
  outputBytes: z.number().int().positive(),
});
export type SandboxLimits = z.infer<typeof SandboxLimits>;

const count = z.number().int().positive();

const Settings = z.object({
  benchmark: BenchmarkName,
  protocol: ScoreProtocol,
  /** Model name by role. */
  models: z.record(Role, z.string().min(1)),
  /** Who answers: the endpoint's base URL, or `simulator:<seed>`; part of a rollout's identity, never a port. */
  provider: z.string().min(1),
  seed: z.number().int().nonnegative(),
  trainTasks: count,
  /** Size of the pool that base failures are looked for in; null: all that validation and held-out leave. */
  trainingPool: count.nullable(),
  validationTasks: z.number().int().nonnegative(),
  heldOutTasks: count,
  batchSize: count,
  epochs: count,
  /** `epoch`: passes over the training tasks; `fixed-updates`: `updates` full batches, reshuffled when tasks run out. */
  schedule: z.enum(['epoch', 'fixed-updates']).default('epoch'),
  /** Steps of the schedule `fixed-updates`; null with any other. */
  updates: count.nullable().default(null),
  /**
   * How tasks are split and ordered. `paper`: as the paper's code does, with Python's shuffles, base rollouts over the
   * whole pool, and training tasks drawn from all failures.
   */
  sampling: z.enum(['seeded', 'paper']).default('seeded'),
  /** `patch-first`, as in the paper: the first step patches from its diagnoses, and the record starts after it. */
  firstStep: z.enum(['accumulate-first', 'patch-first']).default('accumulate-first'),
  /** Steps without an accepted patch before the run stops; null: never. */
  patience: count.nullable(),
  /** All-correct batches in a row that stop the run. */
  allCorrectStop: count,
  gate: GateConfig,
  /** Rollouts of each version on each task of the gate; it compares their means. */
  gateSamples: count.default(1),
  confirmation: z.boolean(),
  method: Method,
  /**
   * Parts of the method that an ablation switches off. Without `momentum` each step starts from an empty record and
   * remembers no refused edit; without `contrast` successes are not diagnosed; without `layers` SKILL.md alone is
   * edited, and no structural move is ever due.
   */
  ablations: z.object({ momentum: z.boolean(), contrast: z.boolean(), layers: z.boolean() }),
  /** Whether each epoch ends with a slow update: a pass that consolidates the skill, gated like a patch. */
  slowUpdate: z.boolean(),
  /** Edits a step at most, at the first and at the last step, and the curve between; null: no limit. */
  edits: z
    .object({ first: count, last: count, schedule: z.enum(['constant', 'linear', 'cosine']).default('cosine') })
    .nullable(),
  guarded: GuardedPolicy,
  /** Whether each patch that the gate has accepted waits for a person; null: none does. */
  approve: Approval.nullable().default(null),
  maxTurns: z.object({ executor: count, diagnoser: count, accumulator: count, patcher: count }),
  repairRounds: count,
  concurrency: count,
  callTimeoutMs: count,
  maxAnswerTokens: count,
  /** A run pauses when a call has met faults for this long without a success. */
  pauseAfterMs: count,
  sandbox: SandboxBackend,
  sandboxLimits: SandboxLimits,
  budget: z.object({
    costUsd: z.number().positive().nullable(),
    calls: count.nullable(),
    tokens: count.nullable(),
    /** Time that the run may work, waits for people left out. */
    hours: z.number().positive().nullable(),
  }),
  rpm: count.nullable(),
  tpm: count.nullable(),
  /** Keep tasks that can never or always pass under the protocol. */
  includeInfeasible: z.boolean(),
  /** Price of a million tokens by model name, in USD, over the bundled table. */
  prices: z.record(
    z.string(),
    z.object({ inputUsd: z.number().nonnegative(), outputUsd: z.number().nonnegative(), label: z.string() }),
  ),
  notify: z.array(z.string()),
});

/** The settings that workflows are told; the rest is in the plan alone. */
export const ShownConfig = Settings.omit({ prices: true, sandboxLimits: true, notify: true });
export type ShownConfig = z.infer<typeof ShownConfig>;

/** Every setting of a run; the one table of defaults is `profiles` below. */
export const RunConfig = Settings.superRefine(({ schedule, updates }, context) => {
  if ((schedule === 'fixed-updates') === (updates !== null)) return;
  const expected = schedule === 'fixed-updates' ? 'a number of steps' : 'null';
  const message = `schedule ${schedule}: expected ${expected} as updates, got ${updates}`;
  context.addIssue({ code: 'custom', path: ['updates'], message });
});
export type RunConfig = z.infer<typeof RunConfig>;

const MB = 1024 * 1024;

/** What a profile sets; the rest (models, provider, seed …) comes from the user. */
type ProfileSettings = Omit<RunConfig, 'models' | 'provider' | 'benchmark'>;

const standard: ProfileSettings = {
  protocol: 'official',
  seed: 0,
  trainTasks: 40,
  trainingPool: null,
  validationTasks: 40,
  heldOutTasks: 180,
  batchSize: 4,
  epochs: 2,
  schedule: 'epoch',
  updates: null,
  sampling: 'seeded',
  firstStep: 'accumulate-first',
  patience: 6,
  allCorrectStop: 4,
  gate: gateDefaults.race,
  gateSamples: 1,
  confirmation: true,
  method: 'skillgrad',
  slowUpdate: false,
  ablations: { momentum: true, contrast: true, layers: true },
  edits: { first: 4, last: 2, schedule: 'cosine' },
  guarded: 'flag',
  approve: null,
  maxTurns: { executor: 30, diagnoser: 6, accumulator: 6, patcher: 6 },
  repairRounds: 3,
  concurrency: 4,
  callTimeoutMs: 600_000,
  maxAnswerTokens: 8192,
  pauseAfterMs: 900_000,
  sandbox: 'deno',
  sandboxLimits: {
    cpuMs: 60_000,
    wallMs: 120_000,
    memoryBytes: 512 * MB,
    processes: 64,
    fileBytes: 64 * MB,
    workDirBytes: 256 * MB,
    tmpBytes: 64 * MB,
    outputBytes: 64 * 1024,
  },
  budget: { costUsd: null, calls: null, tokens: null, hours: null },
  rpm: null,
  tpm: null,
  includeInfeasible: false,
  prices: {},
  notify: [],
};

export const ProfileName = z.enum(['default', 'demo', 'paper']);
export type ProfileName = z.infer<typeof ProfileName>;

/** Named rows over the defaults. */
export const profiles: Record<ProfileName, ProfileSettings> = {
  default: standard,
  demo: {
    ...standard,
    trainTasks: 12,
    trainingPool: 28,
    validationTasks: 8,
    heldOutTasks: 12,
    epochs: 1,
    patience: null,
    gate: { policy: 'race', block: 4, maxTasks: 8, acceptLead: 2, refuseLead: -2 },
    edits: { first: 4, last: 4, schedule: 'constant' },
    concurrency: 8,
  },
  paper: {
    ...standard,
    trainingPool: 200,
    validationTasks: 20,
    epochs: 1,
    sampling: 'paper',
    includeInfeasible: true,
    firstStep: 'patch-first',
    patience: null,
    gate: gateDefaults.none,
    confirmation: false,
    edits: null,
    maxTurns: { executor: 30, diagnoser: 15, accumulator: 15, patcher: 20 },
  },
};
