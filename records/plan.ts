import { z } from 'zod';
import { ArtifactRef } from './artifact';
import { Role, RunConfig } from './run-config';
import { ExcludedTask, TaskEntry } from './task';

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
  /** System prompt by role; part of a rollout's identity. */
  prompts: z.record(Role, z.string()),
  /** The package version of SkillGrad that prepared the run. */
  preparedBy: z.string(),
});
export type RunPlan = z.infer<typeof RunPlan>;

export const TaskPool = z.enum(['training', 'validation', 'heldOut']);
export type TaskPool = z.infer<typeof TaskPool>;
