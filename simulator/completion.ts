import type { ChatRequest } from './chat-request';
import { digest } from './draws';

/** What a role says in one turn: words, tool calls, or both. */
export interface Answer {
  text: string;
  calls: { name: string; arguments: object }[];
}

/** An answer as it leaves the model, before it is put on the wire. */
export interface Spoken {
  text: string | null;
  refusal: string | null;
  calls: { id: string; name: string; arguments: string }[];
  finishReason: string | null;
}

/** Gives the calls their ids, which carry the conversation's draw (see `conversationDraw`). */
export function speak(answer: Answer, conversation: string, messagesSoFar: number): Spoken {
  const calls = answer.calls.map((call, index) => ({
    id: `call_${conversation}_${messagesSoFar + index}`,
    name: call.name,
    arguments: JSON.stringify(call.arguments),
  }));
  return { text: answer.text, refusal: null, calls, finishReason: calls.length > 0 ? 'tool_calls' : 'stop' };
}

// Four characters a token is what English text and code come to in common tokenisers.
const charactersPerToken = 4;
const tokensOf = (text: string): number => Math.ceil(text.length / charactersPerToken);

/** Token counts of a request and its answer, sized by their text. */
export function usageOf(request: ChatRequest, body: object, spoken: Spoken) {
  const tools = 'tools' in body ? JSON.stringify(body.tools) : '';
  const prompt = tokensOf(JSON.stringify(request.messages) + tools);
  const said = (spoken.text ?? '') + (spoken.refusal ?? '') + spoken.calls.map((c) => c.name + c.arguments).join('');
  const completion = Math.max(1, tokensOf(said));
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

type Usage = ReturnType<typeof usageOf>;

// A fixed time: an answer depends on nothing but seed and request.
const created = 1_700_000_000;

function envelope(request: ChatRequest, canonical: string, object: string) {
  return { id: `chatcmpl-${digest(canonical)}`, object, created, model: request.model };
}

const wireCalls = (spoken: Spoken) =>
  spoken.calls.map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  }));

/** The body of a non-streaming answer. */
export function completionBody(request: ChatRequest, canonical: string, spoken: Spoken, usage: Usage): object {
  const message = {
    role: 'assistant',
    content: spoken.text,
    refusal: spoken.refusal,
    ...(spoken.calls.length > 0 && { tool_calls: wireCalls(spoken) }),
  };
  return {
    ...envelope(request, canonical, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason: spoken.finishReason }],
    usage,
  };
}

function pieces(text: string, size: number): string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length; start += size) parts.push(text.slice(start, start + size));
  return parts;
}

/** The server-sent events of a streaming answer, the closing `[DONE]` included. */
export function completionEvents(request: ChatRequest, canonical: string, spoken: Spoken, usage: Usage): string[] {
  const base = envelope(request, canonical, 'chat.completion.chunk');
  const chunk = (delta: object, finishReason: string | null = null): object => ({
    ...base,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  });
  const chunks: object[] = [chunk({ role: 'assistant', content: '' })];
  for (const piece of pieces(spoken.text ?? '', 40)) chunks.push(chunk({ content: piece }));
  if (spoken.refusal !== null) chunks.push(chunk({ refusal: spoken.refusal }));
  for (const [index, call] of wireCalls(spoken).entries()) {
    chunks.push(chunk({ tool_calls: [{ index, ...call, function: { name: call.function.name, arguments: '' } }] }));
    for (const piece of pieces(call.function.arguments, 200)) {
      chunks.push(chunk({ tool_calls: [{ index, function: { arguments: piece } }] }));
    }
  }
  if (spoken.finishReason !== null) chunks.push(chunk({}, spoken.finishReason));
  if (request.stream_options?.include_usage) chunks.push({ ...base, choices: [], usage });
  return [...chunks.map((item) => `data: ${JSON.stringify(item)}\n\n`), 'data: [DONE]\n\n'];
}
