/** Sends a request; the shape of the global `fetch`. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

const errorBodyBytes = 64 * 1024;
const answerBytes = 32 * 1024 * 1024;

/** What an error response says, whatever its shape. `raw` is the start of its body. */
export interface ErrorBody {
  message: string;
  code: string;
  type: string;
  param: string;
  raw: string;
}

/**
 * A `fetch` for model calls. Node's own gives up when no header comes for 300 s, though an answer that isn't streamed
 * may take longer, so that limit is off (the caller has one). Redirects are not followed: they turn a POST into a GET.
 * The body of an error becomes `{error: ErrorBody}`, since `openai` keeps only what stands under `error`, and other
 * servers say it elsewhere (`message`, `detail`, an array).
 */
export function createTransport(fetch: Fetch = patientFetch()): Fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'manual' });
    if (response.ok) return response;
    const { text } = await readBounded(response, errorBodyBytes);
    const headers = new Headers(response.headers);
    for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) headers.delete(name);
    headers.set('content-type', 'application/json');
    const body = response.status === 304 ? null : JSON.stringify({ error: parseErrorBody(text) });
    return new Response(body, { status: response.status, headers });
  };
}

/** The text of a successful answer; an error of `fetch` when it is cut, `tooLong` when it is beyond any answer. */
export async function readAnswer(response: Response): Promise<{ text: string; tooLong: boolean }> {
  return readBounded(response, answerBytes, { throwOnCut: true });
}

/** What an error says, from the text of its body. */
export function parseErrorBody(text: string): ErrorBody {
  const body = firstObject(parse(text));
  const error = firstObject(body?.['error']) ?? body;
  if (!error) return { message: text, code: '', type: '', param: '', raw: text };
  const message = asText(error['message'] ?? body?.['error'] ?? error['detail'] ?? error['error_message']);
  return {
    message: message || text,
    code: asText(error['code']),
    type: asText(error['type'] ?? error['status']),
    param: asText(error['param']),
    raw: text,
  };
}

async function readBounded(response: Response, limit: number, { throwOnCut = false } = {}) {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > limit) return { text, tooLong: true };
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    if (throwOnCut) throw error;
  }
  return { text: text + decoder.decode(), tooLong: false };
}

function patientFetch(): Fetch {
  // Node exposes its HTTP client only as the global dispatcher, which is there once one of its classes was used.
  new Headers();
  const shared = (globalThis as Record<symbol, unknown>)[Symbol.for('undici.globalDispatcher.1')];
  if (typeof shared !== 'object' || shared === null) return fetch;
  const Agent = shared.constructor as new (options: object) => NonNullable<RequestInit['dispatcher']>;
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  return (input, init) => fetch(input, { ...init, dispatcher });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function firstObject(value: unknown): Record<string, unknown> | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'object' && first !== null ? (first as Record<string, unknown>) : undefined;
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
