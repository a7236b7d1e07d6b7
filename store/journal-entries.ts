import { z } from 'zod';
import { ArtifactRef } from '../records/artifact';
import { ToolCall, Turn } from '../records/trajectory';
import { Spending, TokenUsage } from '../records/usage';

const claim = z.number().int().positive();
const turnNumber = z.number().int().positive();
/** ISO 8601; never part of a prompt or a decision. */
const at = z.string();

/**
 * A model's answer, made durable before its tools run: whatever they meet, the call is not made again. `claim` is the
 * attempt that paid for it.
 */
export const JournaledAnswer = z.object({
  claim,
  turn: turnNumber,
  callId: z.string(),
  thought: z.string(),
  calls: z.array(ToolCall),
  finishReason: z.string(),
  usage: TokenUsage,
  durationMs: z.number().nonnegative(),
  responseModel: z.string(),
  responseFingerprint: z.string().optional(),
  seedDropped: z.boolean(),
  spending: Spending,
  at,
});
export type JournaledAnswer = z.infer<typeof JournaledAnswer>;

/** A turn as journaled: one create-if-absent object that names the attempt (`claim`) that wrote it. */
export const JournaledTurn = z.object({
  claim,
  /** The attempt whose call was answered: an earlier one where that was stopped between answer and turn. */
  paidBy: claim,
  callId: z.string(),
  turn: Turn,
  spending: Spending,
  /** The work directory after the turn, where there is one. */
  workDir: ArtifactRef.nullable(),
  seedDropped: z.boolean(),
  at,
});
export type JournaledTurn = z.infer<typeof JournaledTurn>;

export const Claim = z.object({ owner: z.string(), at });
export type Claim = z.infer<typeof Claim>;

/** Says that a call is about to be made, and the most that it can cost. */
export const CallIntent = z.object({ turn: turnNumber, claim, callId: z.string(), bound: Spending });
export type CallIntent = z.infer<typeof CallIntent>;

/** Says that a call was not made, or refused before any work was done for it, so that it is not settled as lost. */
export const VoidedCall = z.object({ turn: turnNumber, claim, fault: z.string() });
export type VoidedCall = z.infer<typeof VoidedCall>;

export const Ending = z.object({ claim, result: z.unknown() });
export type Ending = z.infer<typeof Ending>;
