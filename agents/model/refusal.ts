import type { FaultType } from './faults';
import type { ModelRequest } from './request';
import type { ErrorBody } from './transport';

/** What a response with an error status means. */
export type Refusal =
  /** `lost`: the provider may have charged for it all the same. */
  | { kind: 'fault'; type: FaultType; lost: boolean; fix?: string }
  | { kind: 'outcome'; outcome: 'context-overflow' | 'content-filter' }
  | { kind: 'parameter'; parameter: 'seed' | 'limit' };

const contextOverflow = [
  /context[_ ](length|window|size)[_ ]exceeded|exceed_context_size|contextwindowexceeded|max_prompt_tokens_exceeded/,
  /maximum (context|prompt|model) length/,
  /(exceeds?|exceeded|exceeding|longer than|larger than|greater than|too large for|above|over)\b.{0,60}\b(context|maximum (model )?length|(maximum|max|limit) (number )?of (input |prompt )?tokens|model token limit|maximum number of tokens)/,
  /context (window|length|size|limit)\b.{0,40}\b(exceed|is full|overflow|too (long|small))/,
  /(prompt|input|request|conversation|messages?) (is|are) too long|prompt too long/,
  /messages\[\d+\]\.content.{0,10}string too long/,
  /prompt token count of \d+ exceeds/,
  /input token count.{0,40}exceeds/,
  /inputs?`? tokens? ?\+ ?`?max_new_tokens|`inputs` must have less than/,
  /too many (input |prompt )?tokens: |too many total text bytes/,
  /reduce the length of (the|your) (messages|prompt|input)/,
];

const contentFilter = /content_?filter|content management policy|responsibleaipolicy|content_policy_violation|flagged/;

const unsupported =
  /unsupported|not supported|not (currently )?support|does not support|doesn't support|unknown|unrecognized|unexpected|extra (inputs?|fields?)|extra_forbidden|not (permitted|allowed)|invalid|no such/;

/**
 * Says what a refusal means: a fault, an outcome that the model's own conversation caused, or a parameter that this
 * provider wants dropped (seed) or renamed (the answer's limit).
 *
 * @param sent the parameters that the refused body carried
 */
export function classifyRefusal(
  status: number,
  body: ErrorBody,
  request: ModelRequest,
  sent: { seed: boolean; limit: string },
): Refusal {
  // Some servers quote the whole request after what they say, and its words mean nothing here.
  const text = `${body.code} ${body.type} ${body.message}`.slice(0, 2000).toLowerCase();
  const fault = (type: FaultType, lost = false, fix?: string): Refusal => ({
    kind: 'fault',
    type,
    lost,
    ...(fix && { fix }),
  });

  if (status === 429) return fault(isQuota(body, text) ? 'model.quota' : 'model.rate-limited');
  if (status === 401) return fault('model.unauthorized');
  if (status === 402) return fault('model.quota');
  if (status === 413 && /rate_limit|tokens per min|\btpm\b/.test(text)) return fault('model.quota');
  if ([400, 413, 422, 500].includes(status) && contextOverflow.some((wording) => wording.test(text))) {
    return answerLimitFillsWindow(text, request)
      ? fault('model.bad-request', false, "The answer's limit alone fills the model's context: lower it.")
      : { kind: 'outcome', outcome: 'context-overflow' };
  }
  if (status === 413) return { kind: 'outcome', outcome: 'context-overflow' };
  if ((status === 400 || status === 403) && contentFilter.test(text))
    return { kind: 'outcome', outcome: 'content-filter' };
  if (status === 403) return fault('model.unauthorized');
  if (status === 408) return fault('model.timeout', true);
  if (status === 400 || status === 422) return classifyBadRequest(body, text, sent);
  if (status === 404) return fault(namesModel(text) ? 'model.unknown-model' : 'model.unknown-endpoint');
  if (status === 405 || (status >= 300 && status < 400)) return fault('model.unknown-endpoint');
  // A gateway that gave up waiting doesn't know whether the model behind it went on and was paid.
  if (status >= 500) return fault('model.server-error', status === 502 || status === 504);
  if (status === 409 || status === 425) return fault('model.server-error');
  return fault('model.bad-request');
}

function classifyBadRequest(body: ErrorBody, text: string, sent: { seed: boolean; limit: string }): Refusal {
  if (/api[_ ]key/.test(text) && /invalid|incorrect|not valid|expired|missing/.test(text)) {
    return { kind: 'fault', type: 'model.unauthorized', lost: false };
  }
  if (isQuota(body, text)) return { kind: 'fault', type: 'model.quota', lost: false };
  const named = `${body.param} ${text}`.toLowerCase();
  if (sent.seed && /\bseed\b/.test(named) && (body.param === 'seed' || unsupported.test(text))) {
    return { kind: 'parameter', parameter: 'seed' };
  }
  if (refusesLimit(named, sent.limit)) return { kind: 'parameter', parameter: 'limit' };
  if (/model_not_found|model_not_exist|invalid model|unknown model/.test(text) || missingModel.test(text)) {
    return { kind: 'fault', type: 'model.unknown-model', lost: false };
  }
  return { kind: 'fault', type: 'model.bad-request', lost: false };
}

const missingModel =
  /\bmodel\b.{0,120}\b(does not exist|doesn't exist|not exist|not found|is not a valid|isn't available)/;

/** A limit that is too high is named by the same parameter, but renaming it would not help. */
function refusesLimit(named: string, limit: string): boolean {
  if (limit !== 'max_tokens') return false;
  if (!/\bmax_tokens\b/.test(named) || /too (large|high|big)|at most|less than|must be/.test(named)) return false;
  return /max_completion_tokens.{0,40}instead/.test(named) || unsupported.test(named);
}

function namesModel(text: string): boolean {
  return /model_not_found|\bmodels?\b|deployment/.test(text);
}

/** Google words its ordinary rate limit as an exceeded quota; only these say that waiting is of no use. */
function isQuota(body: ErrorBody, text: string): boolean {
  if (
    /insufficient[_ ](quota|balance|credits?|funds)|billing_hard_limit|billing_not_active|credit balance is too low/.test(
      text,
    )
  ) {
    return true;
  }
  return /request too large/.test(text) && /per min|\btpm\b/.test(`${text} ${body.raw.toLowerCase()}`);
}

function answerLimitFillsWindow(text: string, request: ModelRequest): boolean {
  const window = /maximum context length (?:is|of) (\d+)/.exec(text)?.[1];
  return window !== undefined && request.maxAnswerTokens >= Number(window);
}
