import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Message {
  role: string;
  content: unknown;
}
export interface Request {
  messages: Message[];
  tools?: { function: { name: string } }[];
}

/** Stands between worker and model and changes what the one or the other says. */
export interface TamperingProxy {
  url: string;
  close(): Promise<void>;
}

/** Forwards calls to `target`, an OpenAI-compatible base URL, with requests and answers changed on the way. */
export async function startTamperingProxy(
  target: string,
  change: { request?: (request: Request) => Request; answer?: (text: string, request: Request) => string },
): Promise<TamperingProxy> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const original = JSON.parse(Buffer.concat(chunks).toString()) as Request;
      const call = request.headers['x-skillgrad-call'];
      fetch(`${target}/chat/completions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(typeof call === 'string' ? { 'x-skillgrad-call': call } : {}),
        },
        body: JSON.stringify(change.request?.(original) ?? original),
      })
        .then(async (answer) => {
          const text = await answer.text();
          response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
          response.end(change.answer?.(text, original) ?? text);
        })
        .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Whether a request offers this tool: each optimiser role has a submit tool of its own. */
export function offers(request: Request, tool: string): boolean {
  return request.tools?.some(({ function: { name } }) => name === tool) ?? false;
}

/** The request with the fenced JSON under `## heading` of its user message replaced by what `change` makes of it. */
export function withSection(request: Request, heading: string, change: (value: unknown) => unknown): Request {
  const section = new RegExp(`(## ${heading}\\n\\n\`\`\`json\\n)([^]*?)(\\n\`\`\`)`);
  return {
    ...request,
    messages: request.messages.map((message) =>
      message.role === 'user' && typeof message.content === 'string'
        ? {
            ...message,
            content: message.content.replace(
              section,
              (_all, open: string, json: string, close: string) =>
                `${open}${JSON.stringify(change(JSON.parse(json)))}${close}`,
            ),
          }
        : message,
    ),
  };
}
