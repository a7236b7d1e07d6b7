import { z } from 'zod';
import { ArtifactRef } from './artifact';
import { Role, RunConfig } from './run-config';
import { ExcludedTask, TaskEntry } from './task';

/** USD for a million tokens, and where the price comes from. */
export const Price = z.object({
  inputUsd: z.number().nonnegative(),
  outputUsd: z.number().nonnegative(),
  /** null: cached input costs as much as other input. */
  cachedUsd: z.number().nonnegative().nullable(),
  label: z.string(),
});
export type Price = z.infer<typeof Price>;

/** The epoch of another run from whose start a run goes on. A replay ends with that epoch, a fork is a whole run. */
export const Origin = z.object({
  kind: z.enum(['replay', 'fork']),
  run: z.string(),
  epoch: z.number().int().positive(),
});
export type Origin = z.infer<typeof Origin>;

/** The prompts that a run freezes: one for each role, and those of the patcher's other duties. */
export const PromptName = z.enum([...Role.options, 'consolidate', 'one-shot']);
export type PromptName = z.infer<typeof PromptName>;

/** What `prepare` froze into the store: a run never reads its sources again. Task lists are in their seeded order. */
export const RunPlan = z.object({
  run: z.string(),
  storeId: z.string(),
  config: RunConfig,
  skillName: z.string(),
  seedSkill: ArtifactRef,
  training: z.array(TaskEntry),
  validation: z.array(TaskEntry),
  heldOut: z.array(TaskEntry),
  excluded: z.array(ExcludedTask),
  /** System prompts; the executor's is part of a rollout's identity. */
  prompts: z.record(PromptName, z.string()),
  /** Price by role; null where the price of the role's model is unknown. */
  prices: z.record(Role, Price.nullable()),
  /** The package version of SkillGrad that prepared the run. */
  preparedBy: z.string(),
  /** Where a run that repeats or continues another one comes from. */
  origin: Origin.nullable().default(null),
  /** The run's plan before its settings were changed last. */
  changedFrom: ArtifactRef.nullable().default(null),
  /** Runs whose journals it takes finished work from, nearest first. */
  reuses: z.array(z.string()).default([]),
  /** Seeds of roles that have one of their own, as in a replay; the others have the run's. */
  seeds: z.partialRecord(Role, z.number().int().nonnegative()).default({}),
});
export type RunPlan = z.infer<typeof RunPlan>;

/** What the requests of a role draw their seeds from. */
export function seedOf({ seeds, config }: Pick<RunPlan, 'seeds' | 'config'>, role: Role): number {
  return seeds[role] ?? config.seed;
}

export const TaskPool = z.enum(['training', 'validation', 'heldOut']);
export type TaskPool = z.infer<typeof TaskPool>;
