/** Time as the limiter sees it: milliseconds that never go back, and a timer. */
export interface Clock {
  now(): number;
  after(ms: number, run: () => void): () => void;
}

/** A call's place in the limits. Settle it once, with what it really took. */
export interface Reservation {
  /** Corrects the tokens (input + output) once they are known; they count until a minute after this. */
  settle(tokens: number): void;
  /** The call was never sent: it counts for nothing. */
  release(): void;
}

/** One for all calls of a worker. */
export interface RateLimiter {
  /**
   * Waits, first come first served, until one more call of at most `tokens` fits the limits.
   * Throws `RateLimiterClosed` when the provider asked for a longer pause than is waited for here, and an `AbortError`
   * when `signal` is aborted.
   */
  acquire(tokens: number, signal: AbortSignal): Promise<Reservation>;
  /** A call was told to slow down: no call starts for `retryAfterMs`, or for a growing while where that is null. */
  slowDown(retryAfterMs: number | null): void;
  /** A call went through: the next pause without a stated length is the shortest again. */
  succeeded(): void;
}

/** No call may start before the provider's pause is over; better waited for durably than here. */
export class RateLimiterClosed extends Error {
  override readonly name = 'RateLimiterClosed';
  constructor(readonly retryAfterMs: number) {
    super(`all calls of this worker wait for ${Math.ceil(retryAfterMs / 1000)} s, as the provider asked.`);
  }
}

/** A minute and what the way to the provider may shorten it by. */
const windowMs = 60_500;
const longestBackOffMs = 60_000;

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

interface Waiter {
  tokens: number;
  grant(): void;
  refuse(error: Error): void;
}

interface Entry {
  tokens: number;
  endedAt: number | null;
}

/**
 * Holds `rpm` calls started and `tpm` tokens in any 60 s, whether a call is booked by its start or its end. Tokens
 * are reserved by upper bound; a call whose bound alone is over `tpm` goes when no other one counts. Null: no limit.
 *
 * @param longestWaitMs a provider's pause up to this is waited for in `acquire`
 */
export function createRateLimiter(
  { rpm, tpm }: { rpm: number | null; tpm: number | null },
  clock: Clock = systemClock,
  longestWaitMs = 60_000,
): RateLimiter {
  let starts: number[] = [];
  let entries: Entry[] = [];
  let queue: Waiter[] = [];
  let notBefore = -Infinity;
  let unexplained = 0;
  let cancelTimer = (): void => {};

  function waitMs(waiter: Waiter, now: number): number {
    starts = starts.filter((start) => start > now - windowMs);
    entries = entries.filter((entry) => entry.endedAt === null || entry.endedAt > now - windowMs);
    const freeStart = rpm === null ? undefined : starts[starts.length - rpm];
    return Math.max(
      notBefore - now,
      freeStart === undefined ? 0 : freeStart + windowMs - now,
      tokensWaitMs(waiter, now),
    );
  }

  function tokensWaitMs(waiter: Waiter, now: number): number {
    if (tpm === null) return 0;
    const counted = entries.filter((entry) => entry.tokens > 0);
    const used = counted.reduce((sum, entry) => sum + entry.tokens, 0);
    if (counted.length === 0 || used + waiter.tokens <= tpm) return 0;
    return Math.min(...counted.map((entry) => (entry.endedAt === null ? Infinity : entry.endedAt + windowMs - now)));
  }

  function pump(): void {
    cancelTimer();
    cancelTimer = () => {};
    const now = clock.now();
    if (notBefore - now > longestWaitMs) {
      const refused = queue;
      queue = [];
      for (const waiter of refused) waiter.refuse(new RateLimiterClosed(notBefore - now));
    }
    for (let head = queue[0]; head; head = queue[0]) {
      const wait = waitMs(head, now);
      if (wait > 0) {
        if (wait < Infinity) cancelTimer = clock.after(Math.ceil(wait), pump);
        return;
      }
      queue.shift();
      head.grant();
    }
  }

  function reserve(tokens: number): Reservation {
    const start = clock.now();
    const entry: Entry = { tokens, endedAt: null };
    starts.push(start);
    entries.push(entry);
    return {
      settle(used) {
        if (entry.endedAt !== null) return;
        entry.tokens = used;
        entry.endedAt = clock.now();
        pump();
      },
      release() {
        if (entry.endedAt !== null) return;
        entry.endedAt = -Infinity;
        const index = starts.indexOf(start);
        if (index >= 0) starts.splice(index, 1);
        pump();
      },
    };
  }

  return {
    acquire(tokens, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(aborted(signal));
        const stop = (): void => {
          queue = queue.filter((other) => other !== waiter);
          reject(aborted(signal));
          pump();
        };
        const waiter: Waiter = {
          tokens,
          grant() {
            signal.removeEventListener('abort', stop);
            resolve(reserve(tokens));
          },
          refuse(error) {
            signal.removeEventListener('abort', stop);
            reject(error);
          },
        };
        signal.addEventListener('abort', stop, { once: true });
        queue.push(waiter);
        pump();
      });
    },
    slowDown(retryAfterMs) {
      const now = clock.now();
      // Calls that were under way when the pause began all hear of it: only the first of them counts.
      if (retryAfterMs === null && notBefore > now) return;
      const backOffMs = Math.min(1000 * 2 ** unexplained, longestBackOffMs);
      if (retryAfterMs === null) unexplained += 1;
      notBefore = Math.max(notBefore, now + (retryAfterMs ?? backOffMs));
      pump();
    },
    succeeded() {
      unexplained = 0;
    },
  };
}

/** The error of a call that its caller called off, whatever reason was given. */
export function aborted(signal: AbortSignal): Error {
  const error = new Error('The call was called off.', { cause: signal.reason });
  error.name = 'AbortError';
  return error;
}
