import { appendFileSync } from 'node:fs';
import type { Asker } from './chat-request';

/**
 * One arrival of a call. `order` counts all arrivals from 1; times are epoch milliseconds. `result`: `open` while
 * unanswered, `answered`, `aborted` when the client left first, or the kind of the fault that it met.
 */
export interface Arrival {
  order: number;
  call: string;
  role: Asker;
  arrivedAtMs: number;
  endedAtMs: number | null;
  status: number | null;
  result: string;
  /** Tokens of the request and of the answer to it, sent or not; null for an error. */
  usage: { inputTokens: number; outputTokens: number } | null;
}

/** What `GET /stats` returns. `byCall` lists the arrivals of each call id (header `x-skillgrad-call`) in order. */
export interface SimulatorStats {
  seed: number;
  arrivals: number;
  byRole: Record<string, number>;
  byResult: Record<string, number>;
  byCall: Record<string, Arrival[]>;
}

/** Counts and times of all calls, kept apart from the answers so that nothing of them can reach one. */
export class CallLog {
  readonly #arrivals: Arrival[] = [];
  readonly #byCall = new Map<string, Arrival[]>();

  /** `file`: append one JSON line per arrival, written before the call is answered. */
  constructor(
    private readonly seed: number,
    private readonly file: string | null,
  ) {}

  /** Notes an arrival; `nth` is its number among the arrivals of the same call, from 1. */
  arrive(call: string, role: Asker): { arrival: Arrival; nth: number } {
    const arrival: Arrival = {
      order: this.#arrivals.length + 1,
      call,
      role,
      arrivedAtMs: Date.now(),
      endedAtMs: null,
      status: null,
      result: 'open',
      usage: null,
    };
    const sameCall = [...(this.#byCall.get(call) ?? []), arrival];
    this.#byCall.set(call, sameCall);
    this.#arrivals.push(arrival);
    if (this.file !== null) {
      const { order, arrivedAtMs } = arrival;
      appendFileSync(this.file, `${JSON.stringify({ order, call, role, nth: sameCall.length, arrivedAtMs })}\n`);
    }
    return { arrival, nth: sameCall.length };
  }

  /** Notes how an arrival ended; only the first end counts. */
  end(arrival: Arrival, result: string, status: number | null): void {
    if (arrival.endedAtMs !== null) return;
    Object.assign(arrival, { endedAtMs: Date.now(), result, status });
  }

  stats(): SimulatorStats {
    const count = (key: (arrival: Arrival) => string): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const arrival of this.#arrivals) counts[key(arrival)] = (counts[key(arrival)] ?? 0) + 1;
      return counts;
    };
    return {
      seed: this.seed,
      arrivals: this.#arrivals.length,
      byRole: count((arrival) => arrival.role),
      byResult: count((arrival) => arrival.result),
      byCall: Object.fromEntries([...this.#byCall].map(([call, list]) => [call, list.map((item) => ({ ...item }))])),
    };
  }
}
