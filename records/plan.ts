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

/** What `prepare` froze into the store: a run never reads its sources again. Task lists are in their seeded order. */
/** The prompts that a run freezes: one for each role, and those of the patcher's other duties. */
export const PromptName = z.enum([...Role.options, 'consolidate', 'one-shot']);
export type PromptName = z.infer<typeof PromptName>;

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
});
export type RunPlan = z.infer<typeof RunPlan>;

export const TaskPool = z.enum(['training', 'validation', 'heldOut']);
export type TaskPool = z.infer<typeof TaskPool>;
