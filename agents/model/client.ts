import OpenAI from 'openai';
import { type ModelAnswer, readCompletion, refusedOutcome } from './answer';
import { type Exchange, exchange } from './exchange';
import { type FaultDetails, type FaultType, ModelFault } from './faults';
import { aborted, type RateLimiter, RateLimiterClosed, type Reservation } from './rate-limiter';
import { createRedaction, excerpt } from './redaction';
import { classifyRefusal } from './refusal';
import { boundTokens, type Dialect, type ModelRequest, standardDialect, toBody } from './request';
import { retryAfter } from './retry-after';
import { createTransport, type Fetch } from './transport';

export interface CallOptions {
  /** `<activity key>#<turn>.<repair round>`: sent as the header `x-skillgrad-call`. */
  callId: string;
  /** Calls the call off, also while it waits for the rate limit. */
  signal: AbortSignal;
  /** From sending to the last byte of the answer; waiting for the rate limit is not part of it. */
  timeoutMs: number;
  /** Runs right before the request is sent, after all waiting: the place for a fence. What it throws is thrown on. */
  beforeSend?: () => Promise<void>;
}

export interface ModelClient {
  /** Who answers, as in a rollout's identity. */
  provider: string;
  /**
   * Asks the model once. Throws `ModelFault` when the infrastructure failed, an `AbortError` when the caller's signal
   * was aborted; what the model caused is returned as an outcome. Never retries, except once for each parameter that
   * the provider refuses: a seed is dropped, the answer's limit renamed.
   */
  complete(request: ModelRequest, options: CallOptions): Promise<ModelAnswer>;
}

export interface ModelClientOptions {
  /** Root of an OpenAI-compatible API, as `https://api.openai.com/v1`. */
  baseUrl: string;
  /** Any text where the server wants none. */
  apiKey: string;
  provider: string;
  /** The worker's one limiter; without it calls are neither limited nor slowed down. */
  rateLimiter?: RateLimiter;
  fetch?: Fetch;
}

type Result = ModelAnswer | { kind: 'parameter'; parameter: 'seed' | 'limit' };
type Fail = (type: FaultType, details: Omit<FaultDetails, 'callId' | 'model' | 'baseUrl'>) => ModelFault;

/** A client of one endpoint, for all calls of a worker. Throws when the address or the key can't be used at all. */
export function createModelClient({ baseUrl, apiKey, provider, rateLimiter, fetch }: ModelClientOptions): ModelClient {
  const key = usableKey(apiKey);
  const url = usableUrl(baseUrl);
  const redact = createRedaction(key);
  const openai = new OpenAI({
    apiKey: key,
    baseURL: url,
    fetch: createTransport(fetch),
    maxRetries: 0,
    logLevel: 'off',
    organization: null,
    project: null,
  });
  const dialects = new Map<string, Dialect>();

  async function send(request: ModelRequest, options: CallOptions, dialect: Dialect): Promise<Result> {
    const fail: Fail = (type, details) =>
      new ModelFault(type, {
        callId: options.callId,
        model: request.model,
        baseUrl: url,
        ...details,
        detail: excerpt(redact(details.detail)),
      });
    const bound = boundTokens(request);
    const place = await reserve(rateLimiter, bound.inputTokens + bound.outputTokens, options.signal, fail);
    try {
      await options.beforeSend?.();
      if (options.signal.aborted) throw aborted(options.signal);
    } catch (error) {
      place?.release();
      throw error;
    }
    // Until an answer says otherwise, a call counts at its bound.
    let tokens = bound.inputTokens + bound.outputTokens;
    try {
      const result = read(await exchange(openai, toBody(request, dialect), options), request, dialect, fail);
      tokens = result.kind === 'parameter' ? 0 : result.usage.inputTokens + result.usage.outputTokens;
      if (result.kind !== 'parameter') rateLimiter?.succeeded();
      return result;
    } catch (error) {
      if (error instanceof ModelFault) {
        if (!error.lost) tokens = 0;
        if (error.type === 'model.rate-limited' || (error.retryable && error.retryAfterMs !== null)) {
          rateLimiter?.slowDown(error.retryAfterMs);
        }
      }
      throw error;
    } finally {
      place?.settle(tokens);
    }
  }

  function read(got: Exchange, request: ModelRequest, dialect: Dialect, fail: Fail): Result {
    if (got.kind === 'broken') throw fail(got.type, { detail: got.detail, lost: got.lost });
    const answer = got.kind === 'text' ? readCompletion(redact(got.text), request, !dialect.seed) : got;
    if (answer.kind === 'no-answer') throw fail(answer.type, { detail: answer.detail, lost: true });
    if (answer.kind !== 'refused') return answer;

    const { status, body } = answer;
    const refusal = classifyRefusal(status, body, request, dialect);
    const detail = `HTTP ${status}: ${excerpt(redact(body.message)) || 'no explanation'}`;
    if (refusal.kind === 'parameter') return refusal;
    if (refusal.kind === 'outcome') return refusedOutcome(refusal.outcome, detail, request, !dialect.seed);
    const headers = got.kind === 'refused' ? got.headers : new Headers();
    throw fail(refusal.type, {
      detail,
      lost: refusal.lost,
      retryAfterMs: retryAfter(headers, body.raw || body.message),
      fix: refusal.fix,
    });
  }

  return {
    provider,
    async complete(request, options) {
      let dialect = dialects.get(request.model) ?? standardDialect;
      for (;;) {
        const result = await send(request, options, dialect);
        if (result.kind !== 'parameter') {
          dialects.set(request.model, dialect);
          return result;
        }
        // Each can be refused once: classifyRefusal looks at what was sent.
        dialect =
          result.parameter === 'seed' ? { ...dialect, seed: false } : { ...dialect, limit: 'max_completion_tokens' };
      }
    },
  };
}

async function reserve(
  limiter: RateLimiter | undefined,
  tokens: number,
  signal: AbortSignal,
  fail: Fail,
): Promise<Reservation | undefined> {
  if (signal.aborted) throw aborted(signal);
  try {
    return await limiter?.acquire(tokens, signal);
  } catch (error) {
    if (!(error instanceof RateLimiterClosed)) throw error;
    throw fail('model.rate-limited', { detail: `not sent: ${error.message}`, retryAfterMs: error.retryAfterMs });
  }
}

/** A key with a line break in it would be quoted in full by the error of `fetch`. */
function usableKey(apiKey: string): string {
  const key = apiKey.trim();
  if (/^[\x20-\x7e]*$/.test(key)) return key;
  throw new Error('OPENAI_API_KEY: expected printable ASCII, got other characters in it. Set it again.');
}

function usableUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search) return baseUrl;
  const shown = url ? `${url.protocol}//${url.host}${url.pathname}` : JSON.stringify(baseUrl);
  throw new Error(
    `OPENAI_BASE_URL: expected http(s)://host/path without user, password or query, got one like ${shown}. ` +
      'Put the key into OPENAI_API_KEY.',
  );
}
