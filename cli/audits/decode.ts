import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';

export type Event = temporal.api.history.v1.IHistoryEvent;
type Payloads = temporal.api.common.v1.IPayloads;
type Failure = temporal.api.failure.v1.IFailure;

/** Why an attempt failed, as the history has it: a fault's dotted type, or what Temporal says of a lost worker. */
export interface Cause {
  type: string;
  message: string;
}

/** The first of some payloads as data; undefined without one. */
export function decode(payloads: Payloads | null | undefined): unknown {
  const payload = payloads?.payloads?.[0];
  return payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
}

/** When an event was written, ms since the epoch. */
export function timeMs({ eventTime }: Event): number {
  return Number(eventTime?.seconds?.toString() ?? 0) * 1000 + Math.round((eventTime?.nanos ?? 0) / 1e6);
}

/**
 * Where a reset has cut an execution's history off: all before is a copy of its base's. null for one that began by itself.
 */
export function resetOf(
  events: readonly Event[],
  runId: string,
): { index: number; atMs: number; baseRunId: string; reason: string } | null {
  for (const [index, event] of events.entries()) {
    const reset = event.workflowTaskFailedEventAttributes;
    if (!reset?.baseRunId || reset.newRunId !== runId) continue;
    return { index, atMs: timeMs(event), baseRunId: reset.baseRunId, reason: reset.failure?.message ?? '' };
  }
  return null;
}

/** What an activity or a child said of itself for people. */
export function summaryOf({ userMetadata }: Event): string {
  const summary = userMetadata?.summary;
  const text: unknown = summary ? defaultPayloadConverter.fromPayload(summary) : '';
  return typeof text === 'string' ? text : '';
}

const timeouts: Record<string, string> = {
  '1': 'its time was over',
  '2': 'no worker took it up in time',
  '3': 'no worker took it up and finished it in time',
  '4': 'its worker fell silent: killed, cut off or asleep',
};

/** The cause that counts: the innermost that is a fault, else what Temporal says. */
export function causeOf(failure: Failure | null | undefined): Cause | null {
  if (!failure) return null;
  const timeout = failure.timeoutFailureInfo?.timeoutType;
  if (timeout) return { type: 'attempt.timeout', message: timeouts[String(timeout)] ?? failure.message ?? 'timeout' };
  const type = failure.applicationFailureInfo?.type;
  if (type) return { type, message: failure.message ?? '' };
  const inner = causeOf(failure.cause);
  if (inner !== null) return inner;
  if (failure.canceledFailureInfo) return { type: 'attempt.cancelled', message: failure.message ?? 'cancelled' };
  return { type: 'attempt.failed', message: failure.message ?? 'failed' };
}
