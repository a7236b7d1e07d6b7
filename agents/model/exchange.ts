import type OpenAI from 'openai';
import { APIConnectionError, APIError } from 'openai';
import type { FaultType } from './faults';
import { aborted } from './rate-limiter';
import { type ErrorBody, parseErrorBody, readAnswer } from './transport';

/** What became of one HTTP request. */
export type Exchange =
  | { kind: 'text'; text: string }
  | { kind: 'refused'; status: number; body: ErrorBody; headers: Headers }
  /** No whole response came. `lost`: it may have been answered and charged for all the same. */
  | { kind: 'broken'; type: FaultType; detail: string; lost: boolean };

type Body = OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming;

const neverSent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

/** Sends a chat completion and reads its whole answer within `timeoutMs`. Throws only when `signal` is aborted. */
export async function exchange(
  openai: OpenAI,
  body: Body,
  { callId, signal, timeoutMs }: { callId: string; signal: AbortSignal; timeoutMs: number },
): Promise<Exchange> {
  // `openai` stops its own clock at the headers, and a body can hang too: hence one clock for both.
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    stop();
  }, timeoutMs);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  let stage: 'headers' | 'body' = 'headers';
  try {
    const response = await openai.chat.completions
      .create(body, {
        headers: { 'x-skillgrad-call': headerText(callId) },
        signal: controller.signal,
        timeout: timeoutMs,
      })
      .asResponse();
    stage = 'body';
    const { text, tooLong } = await readAnswer(response);
    if (!tooLong) return { kind: 'text', text };
    return broken('model.malformed', 'expected a chat completion, got a body longer than any answer', true);
  } catch (error) {
    if (signal.aborted) throw aborted(signal);
    if (timedOut) return broken('model.timeout', `no whole answer within ${timeoutMs} ms`, true);
    if (error instanceof APIError && typeof error.status === 'number') {
      return {
        kind: 'refused',
        status: error.status,
        body: (error.error as ErrorBody | undefined) ?? parseErrorBody(''),
        headers: error.headers ?? new Headers(),
      };
    }
    return stage === 'body' ? cutOff(error) : unconnected(error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    controller.abort();
  }
}

function cutOff(error: unknown): Exchange {
  return broken('model.cut-off', `the connection broke in the middle of the answer (${causeOf(error)})`, true);
}

function unconnected(error: unknown): Exchange {
  if (!(error instanceof APIConnectionError)) throw error;
  const cause = causeOf(error);
  if (/CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/.test(cause)) {
    return broken('model.untrusted-certificate', `the server's certificate is not trusted (${cause})`, false);
  }
  const lost = !neverSent.includes(cause);
  return broken('model.connection', `no answer came over the connection (${cause})`, lost);
}

/** The innermost code or message that says why a connection failed. */
function causeOf(error: unknown): string {
  let found = 'unknown cause';
  let at = error;
  // Not `instanceof Error`: Node's HTTP client may live in another realm than this code.
  while (typeof at === 'object' && at !== null) {
    const { code, message, cause } = at as { code?: unknown; message?: unknown; cause?: unknown };
    if (typeof code === 'string') found = code;
    else if (typeof message === 'string' && message !== '') found = message;
    at = cause;
  }
  return found;
}

function broken(type: FaultType, detail: string, lost: boolean): Exchange {
  return { kind: 'broken', type, detail, lost };
}

/** Headers are ASCII, task ids may be anything: other characters are percent-encoded. */
function headerText(callId: string): string {
  return callId.replace(/[^\x21-\x7e]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
