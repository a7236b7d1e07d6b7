import { z } from 'zod';
import { ArtifactRef } from './artifact';
import { TokenUsage } from './usage';

/** How a chain of model turns ended. All are outcomes that the model caused; an infrastructure fault is none of them. */
export const Outcome = z.enum(['finished', 'turn-limit', 'context-overflow', 'length', 'refusal', 'content-filter']);
export type Outcome = z.infer<typeof Outcome>;

export const ToolCall = z.object({ id: z.string(), name: z.string(), arguments: z.string() });
export type ToolCall = z.infer<typeof ToolCall>;

export const ToolObservation = z.object({ callId: z.string(), content: z.string(), isError: z.boolean() });
export type ToolObservation = z.infer<typeof ToolObservation>;

/** One model answer and what its tool calls returned. `turn` counts from 1. */
export const Turn = z.object({
  turn: z.number().int().positive(),
  thought: z.string(),
  calls: z.array(ToolCall),
  observations: z.array(ToolObservation),
  finishReason: z.string(),
  usage: TokenUsage,
  durationMs: z.number().nonnegative(),
  /** Time in the sandbox, part of `durationMs`. */
  sandboxMs: z.number().nonnegative(),
  /** The model that the response says it came from. */
  responseModel: z.string(),
  /** What it says of the system behind that model, where it says anything. */
  responseFingerprint: z.string().optional(),
});
export type Turn = z.infer<typeof Turn>;

/** The turns of a rollout, in order, with what of the skill was disclosed and the work directory at the end. */
export const Trajectory = z.object({
  taskId: z.string(),
  skill: ArtifactRef.nullable(),
  sample: z.number().int().nonnegative(),
  outcome: Outcome,
  turns: z.array(Turn),
  /** `activated`: the L2 body was read; `references`: L3 files read, in order of first reading. */
  disclosed: z.object({ activated: z.boolean(), references: z.array(z.string()) }),
  answer: z.string(),
  /** Tree of the work directory as the agent left it. */
  workDir: ArtifactRef,
});
export type Trajectory = z.infer<typeof Trajectory>;
