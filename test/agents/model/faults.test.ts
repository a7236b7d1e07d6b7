import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createModelClient } from '../../../agents/model/client';
import { ModelFault } from '../../../agents/model/faults';
import {
  call,
  completion,
  cut,
  type Endpoint,
  hang,
  json,
  refusal,
  request,
  type Respond,
  startEndpoint,
} from './endpoint';

let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = await startEndpoint();
});
afterAll(() => endpoint.close());

async function faultOf(respond: Respond, options = call()): Promise<ModelFault> {
  endpoint.respond(respond);
  const fault: unknown = await endpoint
    .client()
    .complete(request, options)
    .catch((error: unknown) => error);
  if (fault instanceof ModelFault) return fault;
  throw new Error('expected a ModelFault', { cause: fault });
}

const text = (status: number, body: string, type = 'text/html'): Respond =>
  json(status, body, { 'content-type': type });
const noReason = completion(undefined, { choices: [{ message: { content: 'half of an ans' } }] });
const insufficient = {
  message: 'You exceeded your current quota',
  type: 'insufficient_quota',
  code: 'insufficient_quota',
};
const tooMuch = {
  message: 'Request too large for tiny on tokens per min (TPM): Limit 100, Requested 900.',
  code: 'rate_limit_exceeded',
};
const geminiLimit = [
  {
    error: {
      code: 429,
      message: 'You exceeded your current quota',
      status: 'RESOURCE_EXHAUSTED',
      details: [{ retryDelay: '34s' }],
    },
  },
];
const noModel = {
  message: 'The model `tiny` does not exist or you do not have access to it.',
  code: 'model_not_found',
};

describe('a call that fails', () => {
  it.each<[string, Respond, Partial<ModelFault>]>([
    ['429', refusal(429, { message: 'slow' }), { type: 'model.rate-limited', retryable: true, retryAfterMs: null }],
    [
      '429 with Retry-After',
      refusal(429, {}, { 'retry-after': '3' }),
      { type: 'model.rate-limited', retryAfterMs: 3000 },
    ],
    ['a quota worded as a rate limit', json(429, geminiLimit), { type: 'model.rate-limited', retryAfterMs: 34_000 }],
    ['no quota', refusal(429, insufficient), { type: 'model.quota', retryable: false }],
    ['no balance', refusal(402, { message: 'Insufficient Balance' }), { type: 'model.quota', retryable: false }],
    ['more than a minute allows', refusal(429, tooMuch), { type: 'model.quota', retryable: false }],
    ['500', refusal(500, { message: 'oops' }), { type: 'model.server-error', retryable: true, lost: false }],
    [
      '502 of a proxy',
      text(502, '<html>Bad Gateway</html>'),
      { type: 'model.server-error', retryable: true, lost: true },
    ],
    [
      '503 with Retry-After',
      refusal(503, {}, { 'retry-after': '9' }),
      { type: 'model.server-error', retryAfterMs: 9000 },
    ],
    ['529', refusal(529, { type: 'overloaded_error' }), { type: 'model.server-error', retryable: true }],
    ['408', text(408, ''), { type: 'model.timeout', retryable: true }],
    ['401', refusal(401, { message: 'Incorrect API key' }), { type: 'model.unauthorized', retryable: false }],
    ['403', refusal(403, { message: 'Country not supported' }), { type: 'model.unauthorized', retryable: false }],
    [
      '400 for a key',
      refusal(400, { message: 'API key not valid.' }),
      { type: 'model.unauthorized', retryable: false },
    ],
    ['404 for a model', refusal(404, noModel), { type: 'model.unknown-model', retryable: false }],
    [
      '400 for a model',
      refusal(400, { message: 'Invalid model: tiny' }),
      { type: 'model.unknown-model', retryable: false },
    ],
    ['404 for a path', text(404, 'Not Found'), { type: 'model.unknown-endpoint', retryable: false }],
    [
      'a redirect',
      json(301, '', { location: 'http://127.0.0.1:1/v1' }),
      { type: 'model.unknown-endpoint', retryable: false },
    ],
    ['another 400', refusal(400, { message: 'temperature is odd' }), { type: 'model.bad-request', retryable: false }],
    ['a web page', text(200, '<!DOCTYPE html><html>Log in</html>'), { type: 'model.malformed', retryable: true }],
    ['malformed JSON', json(200, '{"choices": oops}'), { type: 'model.malformed', retryable: true, lost: true }],
    ['no choices', json(200, { id: 'x', usage: {} }), { type: 'model.malformed', retryable: true }],
    ['empty choices', json(200, { choices: [] }), { type: 'model.malformed', retryable: true }],
    ['JSON that is no object', json(200, '"fine"'), { type: 'model.malformed', retryable: true }],
    [
      'an error with status 200',
      json(200, { error: { message: 'upstream', code: 503 } }),
      { type: 'model.server-error' },
    ],
    ['a limit with status 200', json(200, { error: { message: 'slow', code: 429 } }), { type: 'model.rate-limited' }],
    [
      'an error in words with 200',
      json(200, { error: 'upstream broke' }),
      { type: 'model.server-error', retryable: true },
    ],
    [
      'a cut body',
      cut(JSON.stringify(completion()).slice(0, 60)),
      { type: 'model.cut-off', retryable: true, lost: true },
    ],
    ['a short body', json(200, JSON.stringify(completion()).slice(0, 60)), { type: 'model.cut-off', retryable: true }],
    ['an empty body', json(200, ''), { type: 'model.cut-off', retryable: true }],
    ['no finish reason', json(200, noReason), { type: 'model.no-finish-reason', retryable: true, lost: true }],
    [
      'a provider that broke off',
      json(200, completion(undefined, { choices: [{ finish_reason: 'error', message: {} }] })),
      { type: 'model.server-error', retryable: true },
    ],
    [
      'a dropped connection',
      (response) => response.destroy(),
      { type: 'model.connection', retryable: true, lost: true },
    ],
  ])('by %s has a type and a rule of its own', async (_, respond, expected) => {
    const fault = await faultOf(respond);
    expect(fault).toMatchObject(expected);
    expect(fault.message).toMatch(
      /^Model call run\/execute\/t1#1\.0 \(model tiny, http:\/\/127\.0\.0\.1:\d+\/v1\) failed: /,
    );
    expect(fault.message.endsWith(fault.fix)).toBe(true);
    expect(fault.cause).toBeUndefined();
    expect(endpoint.seen).toHaveLength(1);
  });

  it('by a server that is not there was never sent', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const client = createModelClient({ baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: '', provider: 'p' });
    await expect(client.complete(request, call())).rejects.toMatchObject({
      type: 'model.connection',
      retryable: true,
      lost: false,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it.each<[string, Respond]>([
    ['before the headers', hang],
    ['in the middle of the body', (response) => void response.writeHead(200).write('{"choices":')],
    ['in the middle of an error', (response) => void response.writeHead(500).write('{"error":')],
  ])('by hanging %s ends at its time limit', async (_, respond) => {
    expect(await faultOf(respond, call({ timeoutMs: 150 }))).toMatchObject({ type: 'model.timeout', lost: true });
  });

  it.each<[string, Respond]>([
    ['before the headers', hang],
    ['in the middle of the body', (response) => void response.writeHead(200).write('{"choices":')],
    ['in the middle of an error', (response) => void response.writeHead(429, { 'retry-after': '60' }).write('{')],
  ])('by its caller while it hangs %s is called off, and no fault', async (_, respond) => {
    const caller = new AbortController();
    endpoint.respond((response, seen) => {
      respond(response, seen);
      setTimeout(() => caller.abort(new Error('cancelled')), 50);
    });
    const calledOff = endpoint.client().complete(request, call({ signal: caller.signal }));
    await expect(calledOff).rejects.toMatchObject({ name: 'AbortError', cause: { message: 'cancelled' } });
  });

  it('before it was sent because its caller called it off sends nothing', async () => {
    endpoint.respond(json(200, completion()));
    const calledOff = endpoint.client().complete(request, call({ signal: AbortSignal.abort() }));
    await expect(calledOff).rejects.toMatchObject({ name: 'AbortError' });
    expect(endpoint.seen).toHaveLength(0);
  });
});

describe('the message of a fault', () => {
  it.each(['raw', 'url', 'base64'])('never shows the key that a server echoes (%s)', async (form) => {
    const apiKey = 'sk-live/abc+123 & 456';
    const forms = [1, 2, 3].map((pad) => Buffer.from('x'.repeat(pad) + apiKey).toString('base64'));
    const echo = { raw: [apiKey], url: [encodeURIComponent(apiKey)], base64: forms }[form] ?? [];
    for (const respond of [refusal(401, { message: `bad ${echo.join(' ')}` }), json(200, `bad ${echo.join(' ')}`)]) {
      endpoint.respond(respond);
      const error: unknown = await endpoint
        .client({ apiKey })
        .complete(request, call())
        .catch((fault: unknown) => fault);
      const shown = JSON.stringify(error) + String(error);
      expect(shown).toContain('[key]');
      for (const part of [apiKey, encodeURIComponent(apiKey), ...forms.map((coded) => coded.slice(4, -4))]) {
        expect(shown).not.toContain(part);
      }
    }
  });

  it('is bounded and one line, however long a body is', async () => {
    const fault = await faultOf(refusal(500, { message: '\u001b[31mboom\n'.repeat(10_000) }));
    expect(fault.message.length).toBeLessThan(700);
    expect(fault.message).not.toMatch(/[\u0000-\u001f]/);
  });
});
