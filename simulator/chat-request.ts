import { z } from 'zod';
import type { Role } from '../records/run-config';
import { canonicalJson, digest } from './draws';

const TextPart = z.object({ type: z.literal('text'), text: z.string() });
const content = z
  .union([z.string(), z.array(TextPart), z.null()])
  .optional()
  .transform((value) => (Array.isArray(value) ? value.map((part) => part.text).join('') : (value ?? '')));

const RequestToolCall = z.object({
  id: z.string(),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

const Message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content,
  tool_calls: z.array(RequestToolCall).optional(),
  tool_call_id: z.string().optional(),
});
export type Message = z.infer<typeof Message>;

/** What the simulator reads of a chat completion request; all else is accepted and counts for the canonical text. */
export const ChatRequest = z.object({
  model: z.string().min(1),
  messages: z.array(Message).min(1),
  tools: z.array(z.object({ function: z.object({ name: z.string() }) })).default([]),
  seed: z.number().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
});
export type ChatRequest = z.infer<typeof ChatRequest>;

/** Who asks, as told by the tools on offer; `author` writes a whole skill; `unknown` gets a plain answer. */
export type Asker = Role | 'author' | 'unknown';

/** The role whose tools the request offers. */
export function askerOf(request: ChatRequest): Asker {
  const offered = new Set(request.tools.map((tool) => tool.function.name));
  if (offered.has('submit_diagnosis')) return 'diagnoser';
  if (offered.has('submit_momentum_update')) return 'accumulator';
  if (offered.has('submit_patch')) return 'patcher';
  if (offered.has('submit_skill')) return 'author';
  if (offered.has('activate_skill') || offered.has('run_code')) return 'executor';
  return 'unknown';
}

/** Digest of what a request says; how the answer is to travel (streaming or not) is no part of it. */
export function canonicalDigest(body: object): string {
  const { stream: _stream, stream_options: _options, ...said } = body as Record<string, unknown>;
  return digest(canonicalJson(said));
}

/** The user's first message: a task for the executor, the sections for the other roles. */
export function userText(request: ChatRequest): string {
  return request.messages.find((message) => message.role === 'user')?.content ?? '';
}

/**
 * The draw that all random choices of a conversation share. It comes from the seed and text of the first request and is
 * carried on in the tool call ids that the simulator hands out, so that a repaired submission says the same as the one
 * that a fault spoiled.
 */
export function conversationDraw(simulatorSeed: number, request: ChatRequest): string {
  for (const message of request.messages) {
    const carried = /^call_([0-9a-f]{16})_/.exec(message.tool_calls?.[0]?.id ?? '')?.[1];
    if (carried !== undefined) return carried;
  }
  return digest('conversation', simulatorSeed, request.seed ?? 0, userText(request));
}

/** A tool call of the conversation with what it returned; `result` is null while unanswered. */
export interface PastCall {
  name: string;
  arguments: string;
  result: string | null;
}

/** All tool calls so far, in order. */
export function pastCalls(request: ChatRequest): PastCall[] {
  const results = new Map(request.messages.map((message) => [message.tool_call_id, message.content]));
  return request.messages
    .flatMap((message) => message.tool_calls ?? [])
    .map((call) => ({
      name: call.function.name,
      arguments: call.function.arguments,
      result: results.get(call.id) ?? null,
    }));
}
