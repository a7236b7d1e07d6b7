/**
 * Every way in which a call fails without the model's doing, each with its own rule: `retryable` ones are worth a
 * durable back-off, the others pause the run at once until someone has done what `fix` says.
 */
export const faultRules = {
  'model.rate-limited': {
    retryable: true,
    fix: 'It is tried again when the provider allows; lower --rpm, --tpm or --concurrency if this goes on.',
  },
  'model.server-error': { retryable: true, fix: "It is tried again; if this goes on, look at the provider's status." },
  'model.timeout': { retryable: true, fix: 'It is tried again; if this goes on, raise the time limit of a call.' },
  'model.connection': {
    retryable: true,
    fix: 'It is tried again; if this goes on, check the network and that OPENAI_BASE_URL names a running server.',
  },
  'model.malformed': {
    retryable: true,
    fix: 'It is tried again; if this goes on, check that OPENAI_BASE_URL is the root of an OpenAI-compatible API.',
  },
  'model.cut-off': { retryable: true, fix: 'It is tried again; if this goes on, look for a proxy that cuts answers.' },
  'model.no-finish-reason': {
    retryable: true,
    fix: 'It is tried again; if this goes on, the server is no complete OpenAI-compatible one: use another.',
  },
  'model.unauthorized': { retryable: false, fix: 'Check OPENAI_API_KEY and what it may do, then resume the run.' },
  'model.unknown-model': {
    retryable: false,
    fix: 'Check the name given to --model and that the key has access to it, then resume the run.',
  },
  'model.unknown-endpoint': {
    retryable: false,
    fix: 'Check OPENAI_BASE_URL (it usually ends in /v1), then resume the run.',
  },
  'model.untrusted-certificate': {
    retryable: false,
    fix: "Renew the server's certificate, or name its authority in NODE_EXTRA_CA_CERTS, then resume the run.",
  },
  'model.quota': { retryable: false, fix: "Raise the account's quota or credit at the provider, then resume the run." },
  'model.bad-request': {
    retryable: false,
    fix: 'The provider refuses this request for good: choose a model or settings that it accepts.',
  },
} as const satisfies Record<string, { retryable: boolean; fix: string }>;

export type FaultType = keyof typeof faultRules;

/** What is known of a failed call. `detail` says what was got; it is bounded and free of secrets already. */
export interface FaultDetails {
  callId: string;
  model: string;
  baseUrl: string;
  detail: string;
  /** How long the provider asks to wait, in milliseconds. */
  retryAfterMs?: number | null;
  /** The provider may have charged for it: settle the call at its upper bound. */
  lost?: boolean;
  /** Instead of the type's own advice. */
  fix?: string | undefined;
}

/** A call that failed for a reason of the infrastructure: never a score, a diagnosis or an outcome. */
export class ModelFault extends Error {
  override readonly name = 'ModelFault';
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  readonly lost: boolean;
  readonly fix: string;

  constructor(
    readonly type: FaultType,
    { callId, model, baseUrl, detail, retryAfterMs = null, lost = false, fix = faultRules[type].fix }: FaultDetails,
  ) {
    super(`Model call ${callId} (model ${model}, ${baseUrl}) failed: ${detail.replace(/\.$/, '')}. ${fix}`);
    this.retryable = faultRules[type].retryable;
    this.retryAfterMs = retryAfterMs;
    this.lost = lost;
    this.fix = fix;
  }
}
