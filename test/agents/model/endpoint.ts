import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CallOptions, createModelClient, type ModelClient } from '../../../agents/model/client';
import type { RateLimiter } from '../../../agents/model/rate-limiter';
import type { ModelRequest } from '../../../agents/model/request';

export interface Seen {
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  body: Record<string, unknown>;
}

export type Respond = (response: ServerResponse, seen: Seen) => void;

/** A real HTTP server on a free port that answers each request as the next of `responses` says (the last repeats). */
export interface Endpoint {
  url: string;
  seen: Seen[];
  respond(...responses: Respond[]): void;
  client(options?: { apiKey?: string; rateLimiter?: RateLimiter }): ModelClient;
  close(): Promise<void>;
}

export async function startEndpoint(): Promise<Endpoint> {
  let script: Respond[] = [];
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const entry = { path: request.url ?? '', headers: request.headers, text, body: JSON.parse(text || '{}') };
      seen.push(entry);
      const next = script.length > 1 ? script.shift() : script[0];
      next?.(response, entry);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return {
    url,
    seen,
    respond: (...responses) => {
      script = responses;
      seen.length = 0;
    },
    client: ({ apiKey = 'sk-test-0123456789', rateLimiter } = {}) =>
      createModelClient({ baseUrl: url, apiKey, provider: 'simulator:1', ...(rateLimiter && { rateLimiter }) }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Respond {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

/** An error as OpenAI words it. */
export function refusal(status: number, error: Record<string, unknown>, headers: Record<string, string> = {}): Respond {
  return json(status, { error }, headers);
}

export function completion(message: Record<string, unknown> = { content: 'hello' }, rest: object = {}): object {
  return {
    id: 'c1',
    model: 'tiny-2025-01-01',
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', ...message } }],
    usage: { prompt_tokens: 20, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 8 } },
    ...rest,
  };
}

/** Sends a part of a response that promised more, and drops the connection. */
export function cut(text: string): Respond {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length + 100 });
    response.write(text, () => response.destroy());
  };
}

export const hang: Respond = () => {};

export const request: ModelRequest = {
  model: 'tiny',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Say hello.' },
  ],
  tools: [{ name: 'wave', description: 'Waves.', parameters: { type: 'object', properties: { times: {} } } }],
  seed: 7,
  maxAnswerTokens: 100,
};

export function call(options: Partial<CallOptions> = {}): CallOptions {
  return { callId: 'run/execute/t1#1.0', signal: new AbortController().signal, timeoutMs: 20_000, ...options };
}
