import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Role } from '../../records/run-config';
import { ToolCall } from '../../records/trajectory';
import type { Spending } from '../../records/usage';
import type { Price } from '../../records/plan';
import { costOf } from './prices';

export const ModelMessage = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content: z.string() }),
  z.object({ role: z.literal('user'), content: z.string() }),
  z.object({ role: z.literal('assistant'), content: z.string(), toolCalls: z.array(ToolCall) }),
  z.object({ role: z.literal('tool'), callId: z.string(), content: z.string() }),
]);
export type ModelMessage = z.infer<typeof ModelMessage>;

/** A tool as the model sees it; `parameters` is a JSON schema whose key order is kept, since the model reads it. */
export const ModelTool = z.object({
  name: z.string().min(1),
  description: z.string(),
  parameters: z.record(z.string(), z.unknown()),
});
export type ModelTool = z.infer<typeof ModelTool>;

/** Everything that decides an answer. Nothing in it may depend on time, order of completion, paths or cost. */
export const ModelRequest = z.object({
  model: z.string().min(1),
  messages: z.array(ModelMessage).min(1),
  tools: z.array(ModelTool),
  seed: z.number().int().positive(),
  maxAnswerTokens: z.number().int().positive(),
  temperature: z.number().nonnegative().optional(),
});
export type ModelRequest = z.infer<typeof ModelRequest>;

/** What a provider accepts of the parameters whose support differs. */
export interface Dialect {
  seed: boolean;
  limit: 'max_tokens' | 'max_completion_tokens';
}

export const standardDialect: Dialect = { seed: true, limit: 'max_tokens' };

/**
 * The JSON body of a chat completion. Keys come in one fixed order, so equal requests are equal bytes. Lone
 * surrogates (from text cut in the middle of a character) become U+FFFD, and tool arguments that are no JSON object
 * are wrapped in one, and names of tools that the model made up are spelled in the characters that a name may have:
 * servers refuse all of these with a 400, although the model caused them.
 */
export function toBody(request: ModelRequest, dialect: Dialect) {
  return {
    model: request.model,
    messages: request.messages.map(toWireMessage),
    ...(request.tools.length > 0 && {
      tools: request.tools.map(({ name, description, parameters }) => ({
        type: 'function' as const,
        function: { name, description, parameters },
      })),
    }),
    ...(dialect.seed && { seed: request.seed }),
    [dialect.limit]: request.maxAnswerTokens,
    ...(request.temperature !== undefined && { temperature: request.temperature }),
  };
}

/** The request as text, the same on every machine: what identities are hashed from. */
export function canonicalRequest(request: ModelRequest): string {
  return JSON.stringify(toBody(request, standardDialect));
}

/** Tokens that a call can't exceed: the body's UTF-8 bytes as input, the answer's limit as output. */
export function boundTokens(request: ModelRequest): { inputTokens: number; outputTokens: number } {
  const body = JSON.stringify(toBody(request, { seed: true, limit: 'max_completion_tokens' }));
  return { inputTokens: Buffer.byteLength(body), outputTokens: request.maxAnswerTokens };
}

/** What to reserve before a call, and to settle a lost one at. `costUsd` is null when the price is unknown. */
export function upperBound(request: ModelRequest, price: Price | null): Spending {
  const bound = boundTokens(request);
  return {
    calls: 1,
    tokens: bound.inputTokens + bound.outputTokens,
    costUsd: costOf({ ...bound, cachedTokens: 0 }, price),
  };
}

/**
 * The seed that a call carries: a positive 31-bit number from its place in the run (DESIGN.md, Determinism).
 * `turn` counts from 1, `repairRound` from 0; `task` is the task's id, or the step's where a role works on a batch.
 */
export function callSeed(
  runSeed: number,
  role: Role,
  task: string,
  sample: number,
  turn: number,
  repairRound: number,
): number {
  const place = JSON.stringify([runSeed, role, task, sample, turn, repairRound]);
  const hash = createHash('sha256').update(place).digest().readUInt32BE(0);
  return (hash % 0x7fff_ffff) + 1;
}

function toWireMessage(message: ModelMessage) {
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, content: wellFormed(message.content) };
    case 'tool':
      return { role: message.role, tool_call_id: message.callId, content: wellFormed(message.content) };
    case 'assistant':
      if (message.toolCalls.length === 0) return { role: message.role, content: wellFormed(message.content) };
      return {
        role: message.role,
        content: message.content === '' ? null : wellFormed(message.content),
        tool_calls: message.toolCalls.map((call) => ({
          id: call.id,
          type: 'function' as const,
          function: { name: wireName(call.name), arguments: wireArguments(call.arguments) },
        })),
      };
  }
}

/** As providers accept it; a name that they accept stays as it is. */
function wireName(name: string): string {
  return name.replace(/[^\w-]/g, '_').slice(0, 64) || 'unknown';
}

function wireArguments(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return wellFormed(text);
  } catch {
    // falls through: what isn't JSON is wrapped like what isn't an object
  }
  return JSON.stringify({ unreadable: wellFormed(text) });
}

function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
