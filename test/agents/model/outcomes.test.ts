import type { ModelOutcome } from '../../../agents/model/answer';
import { call, completion, type Endpoint, json, refusal, request, startEndpoint } from './endpoint';

let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = await startEndpoint();
});
afterAll(() => endpoint.close());

const ended = (finish_reason: string, message: object = { content: 'partial' }) =>
  json(200, completion(undefined, { choices: [{ finish_reason, message }] }));

describe('what the model causes is an outcome and no fault', () => {
  it.each<[string, ModelOutcome['outcome'], ReturnType<typeof ended>]>([
    ['an answer at its limit', 'length', ended('length')],
    ['an answer at its limit, worded by a gateway', 'length', ended('MAX_TOKENS')],
    ['a filtered answer', 'content-filter', ended('content_filter', { content: null })],
    ['a refusal by its reason', 'refusal', ended('refusal')],
    ['a refusal in a field of its own', 'refusal', ended('stop', { content: null, refusal: 'I cannot help.' })],
  ])('%s, with the tokens that it took', async (_, outcome, respond) => {
    endpoint.respond(respond);
    expect(await endpoint.client().complete(request, call())).toMatchObject({
      kind: 'outcome',
      outcome,
      usage: { inputTokens: 20, outputTokens: 5 },
      usageReported: true,
      responseModel: 'tiny-2025-01-01',
    });
  });

  it.each([
    ['OpenAI', 400, { message: 'Input too big.', code: 'context_length_exceeded', param: 'messages' }],
    [
      'OpenAI in words',
      400,
      { message: "This model's maximum context length is 8192 tokens. However, you requested 9000." },
    ],
    ['OpenAI, newer', 400, { message: 'Your input exceeds the context window of this model.' }],
    [
      'OpenAI, one message',
      400,
      { message: "Invalid 'messages[1].content': string too long.", code: 'string_above_max_length' },
    ],
    ['vLLM', 400, { message: 'The decoder prompt (length 9000) is longer than the maximum model length of 8192.' }],
    ['Anthropic', 400, { message: 'prompt is too long: 210000 tokens > 200000 maximum' }],
    [
      'Anthropic, answer included',
      400,
      { message: 'input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000' },
    ],
    [
      'Google',
      400,
      { message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).' },
    ],
    [
      'llama.cpp',
      400,
      { message: 'the request exceeds the available context size (4096 tokens)', type: 'exceed_context_size_error' },
    ],
    ['llama.cpp, older', 500, { message: 'the request exceeds the available context size. try increasing it' }],
    [
      'Mistral',
      400,
      { message: 'Prompt contains 40000 tokens, too large for model with 32768 maximum context length' },
    ],
    ['TGI', 422, { message: 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096' }],
    ['xAI', 400, { message: "This model's maximum prompt length is 131072 but the request contains 537812 tokens." }],
    ['Bedrock', 400, { message: 'Input is too long for requested model.' }],
    ['Groq', 400, { message: 'Please reduce the length of the messages or completion.' }],
    ['Ollama', 400, { message: 'prompt too long; exceeded max context length by 100 tokens' }],
    ['a server that takes no such body', 413, { message: 'Payload Too Large' }],
  ])('a context overflow as %s words it, which costs nothing', async (_, status, error) => {
    endpoint.respond(refusal(status, error));
    expect(await endpoint.client().complete(request, call())).toMatchObject({
      kind: 'outcome',
      outcome: 'context-overflow',
      usage: { inputTokens: 0, outputTokens: 0, cachedTokens: 0 },
      seedDropped: false,
    });
    expect(endpoint.seen).toHaveLength(1);
  });

  it.each([
    ['at the top of the body', { object: 'error', message: "This model's maximum context length is 512 tokens" }],
    ['as a detail', { detail: "This model's maximum context length is 512 tokens" }],
    ['in an array', [{ error: { message: "This model's maximum context length is 512 tokens" } }]],
  ])('a context overflow that is said %s', async (_, body) => {
    endpoint.respond(json(400, body));
    expect(await endpoint.client().complete(request, call())).toMatchObject({ outcome: 'context-overflow' });
  });

  it('a prompt that was filtered, settled at the bound of the prompt', async () => {
    const message = "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.";
    endpoint.respond(refusal(400, { message, code: 'content_filter' }));
    const answer = await endpoint.client().complete(request, call());
    expect(answer).toMatchObject({ kind: 'outcome', outcome: 'content-filter', usage: { outputTokens: 0 } });
    expect(answer.usage.inputTokens).toBeGreaterThan(0);
  });
});

describe('what only looks like an outcome is a fault', () => {
  it.each([
    ['a limit of the answer that alone fills the context', "This model's maximum context length is 100 tokens."],
    ['a tool call id that is too long', "Invalid 'messages[3].tool_calls[0].id': string too long. Maximum length 40."],
    [
      'a limit of the answer that the model does not allow',
      'max_tokens is too large: 8192. At most 4096 are supported.',
    ],
  ])('%s', async (_, message) => {
    endpoint.respond(refusal(400, { message }));
    const asked = endpoint.client().complete(request, call());
    await expect(asked).rejects.toMatchObject({ type: 'model.bad-request', retryable: false });
    expect(endpoint.seen).toHaveLength(1);
  });
});
