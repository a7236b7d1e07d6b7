import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';

export type Event = temporal.api.history.v1.IHistoryEvent;
type Payloads = temporal.api.common.v1.IPayloads;

/** The first value of payloads, as a workflow or activity got or gave it; undefined where there is none. */
export function decode(payloads: Payloads | null | undefined): unknown {
  const payload = payloads?.payloads?.[0];
  return payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
}

/** What a workflow was started with. */
export function argumentOf(events: readonly Event[]): unknown {
  return decode(events[0]?.workflowExecutionStartedEventAttributes?.input);
}

/** An activity or child that has completed: its type, what it was given, and what it returned. */
export interface Outcome {
  kind: string;
  /** The record that it was given. */
  input: unknown;
  value: unknown;
}

/** Outcomes of activities and children in order of their completion; and control states as they came (kind `control`). */
export function outcomesIn(events: readonly Event[]): Outcome[] {
  const scheduled = new Map<string, Omit<Outcome, 'value'>>();
  const outcomes: Outcome[] = [];
  const end = (begun: unknown, result: Payloads | null | undefined): void => {
    const entry = scheduled.get(String(begun));
    if (entry) outcomes.push({ ...entry, value: decode(result) });
  };
  for (const event of events) {
    const id = String(event.eventId);
    const activity = event.activityTaskScheduledEventAttributes;
    if (activity) scheduled.set(id, { kind: activity.activityType?.name ?? '', input: decode(activity.input) });
    const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
    if (child) scheduled.set(id, { kind: child.workflowType?.name ?? '', input: decode(child.input) });
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (signal?.signalName === 'control') outcomes.push({ kind: 'control', input: null, value: decode(signal.input) });
    const done = event.activityTaskCompletedEventAttributes;
    if (done) end(done.scheduledEventId, done.result);
    const ended = event.childWorkflowExecutionCompletedEventAttributes;
    if (ended) end(ended.initiatedEventId, ended.result);
  }
  return outcomes;
}
