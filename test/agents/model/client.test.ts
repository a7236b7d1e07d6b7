import { createModelClient } from '../../../agents/model/client';
import { upperBound } from '../../../agents/model/request';
import { call, completion, type Endpoint, json, refusal, request, startEndpoint } from './endpoint';

let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = await startEndpoint();
});
afterAll(() => endpoint.close());

describe('a model call', () => {
  it('carries its id in a header and the request as a chat completion', async () => {
    endpoint.respond(json(200, completion()));
    await endpoint.client().complete(
      {
        ...request,
        temperature: 0,
        messages: [
          ...request.messages,
          { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'wave', arguments: '{"times":2}' }] },
          { role: 'tool', callId: 'a', content: 'waved' },
        ],
      },
      call({ callId: 'run/execute/t1#4.2' }),
    );
    const [seen] = endpoint.seen;
    expect(seen?.path).toBe('/v1/chat/completions');
    expect(seen?.headers['x-skillgrad-call']).toBe('run/execute/t1#4.2');
    expect(seen?.headers.authorization).toBe('Bearer sk-test-0123456789');
    expect(seen?.body).toEqual({
      model: 'tiny',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Say hello.' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'wave', arguments: '{"times":2}' } }],
        },
        { role: 'tool', tool_call_id: 'a', content: 'waved' },
      ],
      tools: [{ type: 'function', function: request.tools[0] }],
      seed: 7,
      max_tokens: 100,
      temperature: 0,
    });
  });

  it('percent-encodes what a header cannot hold of a task id', async () => {
    endpoint.respond(json(200, completion()));
    await endpoint.client().complete(request, call({ callId: 'run/Müller 1#1.0' }));
    expect(endpoint.seen[0]?.headers['x-skillgrad-call']).toBe('run/M%C3%BCller%201#1.0');
  });

  it('returns the message, the tokens and the model that answered', async () => {
    endpoint.respond(json(200, completion()));
    expect(await endpoint.client().complete(request, call())).toEqual({
      kind: 'answer',
      message: { content: 'hello', toolCalls: [] },
      finishReason: 'stop',
      usage: { inputTokens: 20, outputTokens: 5, cachedTokens: 8 },
      usageReported: true,
      responseModel: 'tiny-2025-01-01',
      seedDropped: false,
    });
  });

  it('gives tool calls without an id of their own one, and reads arguments that came as an object', async () => {
    const tools = [
      { id: '', function: { name: 'wave', arguments: { times: 1 } } },
      { id: 'x', function: { name: 'wave', arguments: '{"times":2}' } },
      { id: 'x', function: { name: 'wave' } },
    ];
    endpoint.respond(json(200, completion({ content: null, tool_calls: tools })));
    const answer = await endpoint.client().complete(request, call());
    expect(answer.message).toEqual({
      content: '',
      toolCalls: [
        { id: 'call_0', name: 'wave', arguments: '{"times":1}' },
        { id: 'x', name: 'wave', arguments: '{"times":2}' },
        { id: 'call_2', name: 'wave', arguments: '{}' },
      ],
    });
  });

  it.each([
    ['missing', undefined],
    ['zero', { prompt_tokens: 0, completion_tokens: 0 }],
    ['negative', { prompt_tokens: -1, completion_tokens: 3 }],
  ])('is settled at its upper bound when the usage is %s', async (_, usage) => {
    endpoint.respond(json(200, completion(undefined, { usage })));
    const answer = await endpoint.client().complete(request, call());
    expect(answer.usageReported).toBe(false);
    expect(answer.usage.inputTokens + answer.usage.outputTokens).toBe(upperBound(request, null).tokens);
    expect(answer.usage.inputTokens).toBeGreaterThanOrEqual(endpoint.seen[0]?.text.length ?? Infinity);
  });

  it('runs the fence right before it is sent, and is not sent when the fence throws', async () => {
    endpoint.respond(json(200, completion()));
    const fence = () => Promise.reject(new Error('another attempt has taken over'));
    await expect(endpoint.client().complete(request, call({ beforeSend: fence }))).rejects.toThrow('taken over');
    expect(endpoint.seen).toHaveLength(0);
  });
});

describe('a provider that refuses a parameter', () => {
  it.each([
    ['by its name', { message: 'Unsupported parameter', param: 'seed', code: 'unsupported_parameter' }],
    ['in words', { message: 'Unknown name "seed": Cannot find field.' }],
  ])('gets the request without the seed that it refuses %s, from then on', async (_, error) => {
    endpoint.respond(refusal(400, error), json(200, completion()));
    const client = endpoint.client();
    expect(await client.complete(request, call())).toMatchObject({ kind: 'answer', seedDropped: true });
    expect(await client.complete(request, call())).toMatchObject({ kind: 'answer', seedDropped: true });
    expect(endpoint.seen.map((seen) => seen.body['seed'])).toEqual([7, undefined, undefined]);
  });

  it('gets the limit of the answer under the name that it takes, from then on', async () => {
    const message =
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'.";
    endpoint.respond(refusal(400, { message, param: 'max_tokens' }), json(200, completion()));
    const client = endpoint.client();
    await client.complete(request, call());
    await client.complete(request, call());
    expect(endpoint.seen.map((seen) => seen.body['max_completion_tokens'])).toEqual([undefined, 100, 100]);
    expect(endpoint.seen.map((seen) => seen.body['max_tokens'])).toEqual([100, undefined, undefined]);
  });

  it('that refuses everything is asked once for each parameter', async () => {
    endpoint.respond(refusal(400, { message: "'seed' and 'max_tokens' and 'max_completion_tokens' not supported" }));
    await expect(endpoint.client().complete(request, call())).rejects.toMatchObject({ type: 'model.bad-request' });
    expect(endpoint.seen).toHaveLength(3);
  });

  it('keeps the seed of another model', async () => {
    endpoint.respond(refusal(400, { message: 'seed is not supported', param: 'seed' }), json(200, completion()));
    const client = endpoint.client();
    await client.complete(request, call());
    expect(await client.complete({ ...request, model: 'other' }, call())).toMatchObject({ seedDropped: false });
  });
});

describe('the address and the key', () => {
  it.each(['ftp://x/v1', 'nonsense', 'https://user:pw@host/v1', 'https://host/v1?key=1'])(
    '%s is refused before anything is sent, without showing what is secret',
    (baseUrl) => {
      const make = () => createModelClient({ baseUrl, apiKey: 'x', provider: 'p' });
      expect(make).toThrow(/OPENAI_BASE_URL/);
      expect(make).not.toThrow(/user:pw|key=1/);
    },
  );

  it('trims a key and refuses one that no header can hold, without showing it', async () => {
    endpoint.respond(json(200, completion()));
    await endpoint.client({ apiKey: 'sk-from-a-file\n' }).complete(request, call());
    expect(endpoint.seen[0]?.headers.authorization).toBe('Bearer sk-from-a-file');
    expect(() => endpoint.client({ apiKey: 'sk-first\nsk-second' })).toThrow(/^OPENAI_API_KEY(?!.*sk-first)/s);
  });
});
