import { z } from 'zod';
import { ArtifactRef } from './artifact';

export const BenchmarkName = z.enum(['spreadsheetbench', 'custom']);
export type BenchmarkName = z.infer<typeof BenchmarkName>;

/** A task as the agent may see it. `inputs` are laid into the work directory; the agent must leave `outputs` there. */
export const Task = z.object({
  id: z.string().min(1),
  benchmark: BenchmarkName,
  /** The user message; names no task id and no path outside the work directory. */
  prompt: z.string().min(1),
  inputs: z.array(z.object({ path: z.string(), artifact: ArtifactRef })),
  outputs: z.array(z.string()).min(1),
});
export type Task = z.infer<typeof Task>;

/** What only the scorer (and `prepare`'s feasibility check) may read. `answer` is benchmark-specific plain data. */
export const Golden = z.object({
  taskId: z.string(),
  benchmark: BenchmarkName,
  files: z.array(z.object({ path: z.string(), artifact: ArtifactRef })),
  answer: z.record(z.string(), z.string()),
});
export type Golden = z.infer<typeof Golden>;

/** A task's place in a run's plan. `golden` is named here and handed to `score` alone. */
export const TaskEntry = z.object({ id: z.string(), task: ArtifactRef, golden: ArtifactRef });
export type TaskEntry = z.infer<typeof TaskEntry>;

/** Why a task was left out of a run. */
export const ExcludedTask = z.object({
  id: z.string(),
  reason: z.enum(['golden-fails', 'untouched-input-passes', 'unreadable']),
  detail: z.string(),
});
export type ExcludedTask = z.infer<typeof ExcludedTask>;
