import { z } from 'zod';
import { Role } from '../records/run-config';
import type { Asker } from './chat-request';
import { draw } from './draws';

/** Failures of the way to the model. A repeated request draws again, so a retry gets through. */
const transportKinds = [
  'rate-limit',
  'server-error',
  'hang',
  'cut-body',
  'slow-stream',
  'malformed-json',
  'html-body',
  'no-choices',
  'no-finish-reason',
  'unauthorized',
  'unknown-model',
  'no-quota',
] as const;

/** What the model itself brings about. The same request always meets the same one. */
const answerKinds = ['wrong-schema', 'length', 'content-filter', 'refusal', 'context-overflow'] as const;

export const FaultKind = z.enum([...transportKinds, ...answerKinds]);
export type FaultKind = z.infer<typeof FaultKind>;

const isAnswerKind = z.enum(answerKinds);

const aliases: Record<string, FaultKind> = {
  '429': 'rate-limit',
  '500': 'server-error',
  '401': 'unauthorized',
  '404': 'unknown-model',
};

/**
 * A fault on demand. `rate` is the share of calls that meet it, 0..1. `role`: that role's calls only. `arrivals`: only
 * the first so many arrivals of a call can meet it (default: no limit). `retryAfterSeconds` goes with `rate-limit`
 * (default 1), `slowMs` with `slow-stream`: the time over which the answer trickles in (default 30 s).
 */
export const Fault = z.object({
  kind: FaultKind,
  rate: z.number().min(0).max(1),
  role: Role.optional(),
  arrivals: z.number().int().positive().optional(),
  retryAfterSeconds: z.number().int().nonnegative().optional(),
  slowMs: z.number().int().positive().optional(),
});
export type Fault = z.infer<typeof Fault>;

/** Reads `KIND:RATE[:ROLE]` as given on the command line. Throws an error that names the part that is wrong. */
export function parseFault(text: string): Fault {
  const [kind = '', rate = '', role, ...rest] = text.split(':');
  const parsed = Fault.safeParse({
    kind: aliases[kind] ?? kind,
    rate: rate.trim() === '' ? NaN : Number(rate),
    ...(role !== undefined && { role }),
  });
  if (parsed.success && rest.length === 0) return parsed.data;
  throw new Error(
    `Fault "${text}" is not KIND:RATE[:ROLE]. KIND is one of ${FaultKind.options.join(', ')}; ` +
      `RATE is a number from 0 to 1; ROLE is one of ${Role.options.join(', ')}. Example: rate-limit:0.1:executor`,
  );
}

/** A call as the fault draws see it. `arrival` counts the arrivals of `call`, from 1. */
export interface FaultedCall {
  seed: number;
  asker: Asker;
  call: string;
  arrival: number;
  canonical: string;
}

/** The first fault of the list that this arrival meets, if any. Depends on the arguments alone. */
export function drawFault(faults: readonly Fault[], call: FaultedCall): Fault | null {
  for (const [index, fault] of faults.entries()) {
    if (fault.role !== undefined && fault.role !== call.asker) continue;
    if (fault.arrivals !== undefined && call.arrival > fault.arrivals) continue;
    const ofAnswer = isAnswerKind.safeParse(fault.kind).success;
    const chance = ofAnswer
      ? draw('fault', call.seed, index, fault.kind, call.canonical)
      : draw('fault', call.seed, index, fault.kind, call.call, call.arrival);
    if (chance < fault.rate) return fault;
  }
  return null;
}
