import { section } from '../../agents/sections';
import type { MomentumRecord } from '../../records/momentum';

/** The parts of a chat completion request that the tests vary. */
export interface ChatBody {
  model: string;
  messages: object[];
  tools?: object[];
  seed?: number;
  stream?: boolean;
  stream_options?: { include_usage: boolean };
}

/** The parts of an answer that the tests look at. */
export interface ChatAnswer {
  id: string;
  choices: {
    finish_reason: string | null;
    message: {
      content: string | null;
      refusal: string | null;
      tool_calls?: { id: string; function: { name: string; arguments: string } }[];
    };
  }[];
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
}

const tool = (name: string): object => ({ type: 'function', function: { name, parameters: { type: 'object' } } });

/** A skill as far as a conversation has disclosed it. */
export interface Disclosed {
  description?: string;
  /** Returned by `activate_skill`; absent: not activated yet. */
  body?: string;
  /** Returned by `read_reference`, by path. */
  references?: Record<string, string>;
  /** Tools on offer; all of the executor's by default. */
  tools?: readonly string[];
}

/** A request of the executor for a task, after it has read what is given of the skill. */
export function executorRequest(prompt: string, seed: number, skill: Disclosed = {}): ChatBody {
  const { description = 'Edits workbooks.', body, references = {}, tools } = skill;
  const read = [
    ...(body === undefined ? [] : [{ name: 'activate_skill', args: { name: 'sheets' }, result: body }]),
    ...Object.entries(references).map(([path, result]) => ({ name: 'read_reference', args: { path }, result })),
  ];
  const turns = read.flatMap(({ name, args, result }, at) => [
    {
      role: 'assistant',
      content: '',
      // An id without the simulator's draw in it: the request's own seed decides.
      tool_calls: [{ id: `past-${at}`, type: 'function', function: { name, arguments: JSON.stringify(args) } }],
    },
    { role: 'tool', tool_call_id: `past-${at}`, content: result },
  ]);
  return {
    model: 'simulated',
    seed,
    messages: [
      { role: 'system', content: `You solve one task.\n\nAvailable skills:\n- sheets: ${description}\n` },
      { role: 'user', content: prompt },
      ...turns,
    ],
    tools: (tools ?? ['activate_skill', 'read_reference', 'run_code']).map(tool),
  };
}

/** A request of an optimiser's role with these sections, in the form in which the agents write them. */
export function roleRequest(submit: string, sections: Record<string, unknown>, seed = 1): ChatBody {
  const text = Object.entries(sections).map(([heading, value]) => section(heading, value));
  return {
    model: 'simulated',
    seed,
    messages: [
      { role: 'system', content: 'You improve a skill.' },
      { role: 'user', content: text.join('\n') },
    ],
    tools: [tool(submit)],
  };
}

/** A record with these patterns, each from one failure of the last batch. */
export function recordOf(
  patterns: { id: string; summary: string; description: string; action: string }[],
): MomentumRecord {
  return {
    step: 1,
    patterns: patterns.map((pattern) => ({
      ...pattern,
      kind: 'operation',
      anchor: 'common-pitfalls',
      steps: [1],
      occurrences: 2,
      failures: [],
      successes: [],
      remedies: [],
      mergedFrom: [],
      splitFrom: [],
    })),
    overlay: patterns.map(({ id }, at) => ({
      diagnosis: `d${at + 1}`,
      signal: 'failure',
      pattern: id,
      isNew: true,
      anchor: 'common-pitfalls',
      gap: null,
      proposedChange: null,
    })),
    themes: [],
    successes: [],
  };
}

/** Posts a request as it is; `call` is the id that the client gives it. */
export function post(
  url: string,
  body: unknown,
  options: { call?: string; signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(options.call && { 'x-skillgrad-call': options.call }) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(options.signal && { signal: options.signal }),
  });
}

/** The answer to a request that meets no fault. */
export async function ask(url: string, body: ChatBody, call?: string): Promise<ChatAnswer> {
  const response = await post(url, body, call === undefined ? {} : { call });
  if (response.status !== 200) throw new Error(`expected 200, got ${response.status}: ${await response.text()}`);
  return (await response.json()) as ChatAnswer;
}

/** The only tool call of an answer, with its arguments parsed. */
export function callIn(answer: ChatAnswer): { name: string; arguments: Record<string, unknown> } {
  const called = answer.choices[0]?.message.tool_calls?.[0]?.function;
  if (called === undefined) throw new Error(`expected a tool call, got ${JSON.stringify(answer.choices)}`);
  return { name: called.name, arguments: JSON.parse(called.arguments) as Record<string, unknown> };
}
