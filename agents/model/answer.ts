import { z } from 'zod';
import type { Outcome, ToolCall } from '../../records/trajectory';
import type { TokenUsage } from '../../records/usage';
import type { FaultType } from './faults';
import { excerpt } from './redaction';
import { boundTokens, type ModelRequest } from './request';
import { type ErrorBody, parseErrorBody } from './transport';

interface Received {
  message: { content: string; toolCalls: ToolCall[] };
  /** As the provider words it. */
  finishReason: string;
  usage: TokenUsage;
  /** False: the response counts no tokens, and `usage` is the call's upper bound. */
  usageReported: boolean;
  /** The model that the response says it came from; empty where it names none. */
  responseModel: string;
  /** What the response says of the system behind that model, as OpenAI's `system_fingerprint`. */
  responseFingerprint?: string;
  /** This provider refuses the request's seed: the answer is not repeatable by it. */
  seedDropped: boolean;
}

/** What the model itself caused, and a retry would not change. Not a fault. */
export interface ModelOutcome extends Received {
  kind: 'outcome';
  outcome: Exclude<Outcome, 'finished' | 'turn-limit'>;
  /** What the provider said, bounded. */
  detail: string;
}

export type ModelAnswer = ({ kind: 'answer' } & Received) | ModelOutcome;

/** Why a response with status 200 is no answer. */
export interface NoAnswer {
  kind: 'no-answer';
  type: FaultType;
  detail: string;
}

/** An error that came with status 200, as some gateways send it; `status` is the one that it names. */
export interface RefusedInBody {
  kind: 'refused';
  status: number;
  body: ErrorBody;
}

const Part = z.object({ type: z.string(), text: z.string().optional() });
const Call = z.object({
  id: z.string().nullish(),
  function: z.object({
    name: z.string(),
    arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
  }),
});
const Completion = z.object({
  model: z.string().nullish(),
  system_fingerprint: z.string().nullish().catch(null),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({
          content: z.union([z.string(), z.array(Part)]).nullish(),
          refusal: z.string().nullish(),
          tool_calls: z.array(Call).nullish(),
        }),
      }),
    )
    .min(1),
  usage: z.unknown().optional(),
});
const ErrorOnly = z.object({
  error: z.union([z.string().min(1), z.looseObject({})]),
  choices: z.undefined().optional(),
});
type Choice = z.infer<typeof Completion>['choices'][number];

const count = z.number().int().nonnegative();
const Usage = z.object({
  prompt_tokens: count.positive(),
  completion_tokens: count,
  prompt_tokens_details: z.object({ cached_tokens: count.nullish() }).nullish().catch(null),
  prompt_cache_hit_tokens: count.nullish().catch(null),
});

const lengthReasons = ['length', 'max_tokens', 'model_length'];
const filterReasons = ['content_filter', 'safety', 'prohibited_content', 'blocklist', 'sensitive'];
const brokenReasons = ['error', 'insufficient_system_resource', 'network_error'];

/**
 * Reads the body of a chat completion, taking nothing on trust: a page of HTML, a body without choices, JSON that ends
 * early and an answer that doesn't say why it ended are no answers. Where the provider counts no tokens (or zero for
 * a prompt), the call is settled at its upper bound.
 */
export function readCompletion(
  text: string,
  request: ModelRequest,
  seedDropped: boolean,
): ModelAnswer | NoAnswer | RefusedInBody {
  const json = parseJson(text);
  if (json.kind === 'no-answer') return json;
  if (ErrorOnly.safeParse(json.value).success) {
    const body = parseErrorBody(text);
    return { kind: 'refused', status: /^[345]\d\d$/.test(body.code) ? Number(body.code) : 500, body };
  }
  const completion = Completion.safeParse(json.value);
  if (!completion.success) {
    const issue = completion.error.issues[0];
    const where = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown'}`;
    return noAnswer('model.malformed', `expected a chat completion, got a body with ${where}`);
  }
  const choice = completion.data.choices[0] as Choice;
  const finishReason = choice.finish_reason ?? '';
  if (finishReason === '') {
    return noAnswer(
      'model.no-finish-reason',
      'expected an answer with a finish_reason, got one that may be incomplete',
    );
  }
  if (brokenReasons.includes(finishReason.toLowerCase())) {
    return noAnswer('model.server-error', `the provider broke off with finish_reason ${JSON.stringify(finishReason)}`);
  }
  const received: Received = {
    message: { content: readContent(choice), toolCalls: readToolCalls(choice) },
    finishReason,
    ...readUsage(completion.data.usage, request),
    responseModel: completion.data.model ?? '',
    ...(completion.data.system_fingerprint ? { responseFingerprint: completion.data.system_fingerprint } : {}),
    seedDropped,
  };
  const outcome = outcomeOf(choice, finishReason.toLowerCase());
  if (outcome === null) return { kind: 'answer', ...received };
  return {
    kind: 'outcome',
    outcome,
    detail: excerpt(choice.message.refusal || `finish_reason ${finishReason}`),
    ...received,
  };
}

/** The outcome of a request that was refused for what it says. `finishReason` is then the outcome's own name. */
export function refusedOutcome(
  outcome: 'context-overflow' | 'content-filter',
  detail: string,
  request: ModelRequest,
  seedDropped: boolean,
): ModelOutcome {
  // A filter has read the prompt, and some providers charge for that; a prompt that doesn't fit was never read.
  const inputTokens = outcome === 'content-filter' ? boundTokens(request).inputTokens : 0;
  return {
    kind: 'outcome',
    outcome,
    detail,
    message: { content: '', toolCalls: [] },
    finishReason: outcome,
    usage: { inputTokens, outputTokens: 0, cachedTokens: 0 },
    usageReported: false,
    responseModel: '',
    seedDropped,
  };
}

function outcomeOf(choice: Choice, finishReason: string): ModelOutcome['outcome'] | null {
  if (lengthReasons.includes(finishReason)) return 'length';
  if (filterReasons.includes(finishReason)) return 'content-filter';
  if (finishReason === 'refusal' || choice.message.refusal) return 'refusal';
  return null;
}

function parseJson(text: string): { kind: 'json'; value: unknown } | NoAnswer {
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    const body = text.trim();
    if (body === '') return noAnswer('model.cut-off', 'expected a chat completion, got an empty body');
    if (/^[{[]/.test(body) && !/[}\]]$/.test(body)) {
      return noAnswer(
        'model.cut-off',
        `expected a chat completion, got JSON that ends after ${text.length} characters`,
      );
    }
    const what = /^<(!doctype|html|\?xml)/i.test(body) ? 'a web page' : 'text that is no JSON';
    return noAnswer('model.malformed', `expected a chat completion, got ${what}: ${JSON.stringify(body.slice(0, 80))}`);
  }
}

function readContent(choice: Choice): string {
  const content = choice.message.content ?? '';
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? (part.text ?? '') : '')).join('');
}

/** Observations are matched to calls by id, so a missing or doubled one gets a name of its own. */
function readToolCalls(choice: Choice): ToolCall[] {
  const seen = new Set<string>();
  return (choice.message.tool_calls ?? []).map((call, index) => {
    const id = call.id && !seen.has(call.id) ? call.id : `call_${index}`;
    seen.add(id);
    const given = call.function.arguments ?? '{}';
    return { id, name: call.function.name, arguments: typeof given === 'string' ? given : JSON.stringify(given) };
  });
}

function readUsage(usage: unknown, request: ModelRequest): { usage: TokenUsage; usageReported: boolean } {
  const reported = Usage.safeParse(usage);
  if (!reported.success) return { usage: { ...boundTokens(request), cachedTokens: 0 }, usageReported: false };
  const { prompt_tokens, completion_tokens, prompt_tokens_details, prompt_cache_hit_tokens } = reported.data;
  const cached = prompt_tokens_details?.cached_tokens ?? prompt_cache_hit_tokens ?? 0;
  return {
    usage: {
      inputTokens: prompt_tokens,
      outputTokens: completion_tokens,
      cachedTokens: Math.min(cached, prompt_tokens),
    },
    usageReported: true,
  };
}

function noAnswer(type: FaultType, detail: string): NoAnswer {
  return { kind: 'no-answer', type, detail };
}
