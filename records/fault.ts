/** What a fault in the infrastructure says of itself, whoever throws it; see `Fault`. */
export interface FaultDetails {
  /** Dotted type, e.g. `store.disk-full`: what failed, then how. */
  type: string;
  /** Whether trying again later can help without anybody doing anything. */
  retryable: boolean;
  /** What a person should do about it. */
  fix: string;
  /** The earliest useful retry, where the other side said so. */
  retryAfterMs: number | null;
}

/** An infrastructure fault: never a failed task, a diagnosis or a score. It is retried or pauses the run. */
export class Fault extends Error implements FaultDetails {
  readonly type: string;
  readonly retryable: boolean;
  readonly fix: string;
  readonly retryAfterMs: number | null;

  constructor(
    message: string,
    details: Omit<FaultDetails, 'retryAfterMs'> & { retryAfterMs?: number | null; cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Fault';
    this.type = details.type;
    this.retryable = details.retryable;
    this.fix = details.fix;
    this.retryAfterMs = details.retryAfterMs ?? null;
  }
}

/** Whether an error carries a fault's details, whichever room's class it is. */
export function isFault(error: unknown): error is Error & FaultDetails {
  return (
    error instanceof Error &&
    'type' in error &&
    typeof error.type === 'string' &&
    'retryable' in error &&
    typeof error.retryable === 'boolean' &&
    'fix' in error
  );
}
