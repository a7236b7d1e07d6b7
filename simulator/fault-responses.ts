import type { Spoken } from './completion';
import type { Fault } from './faults';

/** An HTTP answer that is no completion. */
export interface ErrorResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

function apiError(status: number, type: string, code: string | null, message: string): ErrorResponse {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error: { message, type, param: null, code } }),
  };
}

/** The error response of a fault that answers instead of the model; null when the fault shows in another way. */
export function errorResponse(fault: Fault, model: string): ErrorResponse | null {
  switch (fault.kind) {
    case 'rate-limit': {
      const seconds = String(fault.retryAfterSeconds ?? 1);
      const error = apiError(429, 'requests', 'rate_limit_exceeded', `Rate limit reached. Try again in ${seconds} s.`);
      return { ...error, headers: { ...error.headers, 'retry-after': seconds } };
    }
    case 'no-quota':
      return apiError(429, 'insufficient_quota', 'insufficient_quota', 'You exceeded your current quota.');
    case 'server-error':
      return apiError(500, 'server_error', null, 'The server had an error while processing your request.');
    case 'unauthorized':
      return apiError(401, 'invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.');
    case 'unknown-model':
      return apiError(404, 'invalid_request_error', 'model_not_found', `The model \`${model}\` does not exist.`);
    case 'context-overflow':
      return apiError(
        400,
        'invalid_request_error',
        'context_length_exceeded',
        "This model's maximum context length is exceeded by your messages.",
      );
    case 'html-body':
      return { status: 200, headers: { 'content-type': 'text/html' }, body: '<html><body>Bad gateway</body></html>' };
    case 'no-choices':
      return { status: 200, headers: { 'content-type': 'application/json' }, body: '{"object":"chat.completion"}' };
    case 'malformed-json':
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: '{"id":"chatcmpl-broken","choices":[{"index":0,"message":{"role":"assistant","content":"I wil',
      };
    case 'hang':
    case 'cut-body':
    case 'slow-stream':
    case 'no-finish-reason':
    case 'wrong-schema':
    case 'length':
    case 'content-filter':
    case 'refusal':
      return null;
    default:
      return fault.kind satisfies never;
  }
}

const firstHalf = (text: string): string => text.slice(0, Math.ceil(text.length / 2));

/** What the model says under a fault that shows in the answer itself; unchanged under all others. */
export function spoil(spoken: Spoken, fault: Fault | null): Spoken {
  switch (fault?.kind) {
    case 'wrong-schema':
      return { ...spoken, calls: spoken.calls.map((call) => ({ ...call, arguments: '{"unexpected":true}' })) };
    case 'length':
      return { ...spoken, text: firstHalf(spoken.text ?? ''), calls: [], finishReason: 'length' };
    case 'content-filter':
      return { ...spoken, text: '', calls: [], finishReason: 'content_filter' };
    case 'refusal':
      return { text: null, refusal: "I'm sorry, I can't help with that.", calls: [], finishReason: 'stop' };
    case 'no-finish-reason':
      return { ...spoken, finishReason: null };
    default:
      return spoken;
  }
}
