import type { Cause, Event } from './decode';
import { causeOf, decode, resetOf, summaryOf, timeMs } from './decode';
import type { Execution } from './executions';

/** One scheduling of an activity, with all its attempts. */
export interface Scheduling {
  workflowId: string;
  /** `<workflow id>/<run id>/<activity id>`: what its claims in a journal say. */
  owner: string;
  type: string;
  summary: string;
  input: unknown;
  scheduledMs: number;
  closedMs: number | null;
  attempts: number;
  /** Why the attempt before the last one failed; null where the first one was the last. */
  retryCause: Cause | null;
  /** `undefined` while it is open, or when it failed. */
  result: unknown;
  failure: Cause | null;
  failureDetails: unknown;
}

/** An update that a person sent, or a request from outside the run: termination, cancellation. */
export interface ControlEvent {
  atMs: number;
  name: string;
  argument: unknown;
  identity: string;
  /** What the run made of it: its new control state, or why it failed; undefined while it is open. */
  outcome: unknown;
  failed: string | null;
}

export interface SignalEvent {
  atMs: number;
  name: string;
  argument: unknown;
}

/** What an execution's history tells, in the order of its events. */
export interface Happenings {
  execution: Execution;
  input: unknown;
  identity: string;
  /** Of the execution that started this one as its child. */
  parentRunId: string | null;
  result: unknown;
  closedMs: number | null;
  schedulings: Scheduling[];
  controls: ControlEvent[];
  signals: SignalEvent[];
  /** Values of the search attribute that says whether the run waits, as it changed. */
  paused: { atMs: number; kind: string }[];
  continuedAs: string | null;
  failure: Cause | null;
  /** Whether it began as what a reset made of another execution, when and why. */
  resets: { atMs: number; reason: string }[];
}

/**
 * Reads a history into what happened.
 *
 * @param known run ids of all executions that are read: what a reset has copied from one of them is told there
 */
export function readHappenings(execution: Execution, known: ReadonlySet<string>): Happenings {
  const { events, workflowId, runId } = execution;
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  const reset = resetOf(events, runId);
  const own = reset !== null && known.has(reset.baseRunId) ? events.slice(reset.index) : events;
  const happenings: Happenings = {
    execution,
    input: decode(started?.input),
    identity: started?.identity ?? '',
    parentRunId: started?.parentWorkflowExecution?.runId ?? null,
    result: undefined,
    closedMs: null,
    schedulings: [],
    controls: [],
    signals: [],
    paused: [],
    continuedAs: null,
    failure: null,
    resets: reset === null ? [] : [{ atMs: reset.atMs, reason: reset.reason }],
  };
  const scheduled = new Map<string, Scheduling>();
  const updates = new Map<string, ControlEvent>();
  for (const event of own) {
    enterActivity(event, `${workflowId}/${runId}`, workflowId, scheduled, happenings);
    enterOthers(event, updates, happenings);
    enterEnd(event, happenings);
  }
  return happenings;
}

function enterActivity(
  event: Event,
  owner: string,
  workflowId: string,
  scheduled: Map<string, Scheduling>,
  happenings: Happenings,
): void {
  const made = event.activityTaskScheduledEventAttributes;
  if (made) {
    const scheduling: Scheduling = {
      workflowId,
      owner: `${owner}/${made.activityId}`,
      type: made.activityType?.name ?? '',
      summary: summaryOf(event),
      input: decode(made.input),
      scheduledMs: timeMs(event),
      closedMs: null,
      attempts: 0,
      retryCause: null,
      result: undefined,
      failure: null,
      failureDetails: undefined,
    };
    scheduled.set(String(event.eventId), scheduling);
    happenings.schedulings.push(scheduling);
  }
  const begun = event.activityTaskStartedEventAttributes;
  const started = scheduled.get(String(begun?.scheduledEventId));
  if (begun && started) {
    started.attempts = begun.attempt ?? 1;
    started.retryCause = causeOf(begun.lastFailure);
  }
  const done = event.activityTaskCompletedEventAttributes;
  const failed = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
  const cancelled = event.activityTaskCanceledEventAttributes;
  const ended = scheduled.get(String((done ?? failed ?? cancelled)?.scheduledEventId));
  if (ended === undefined) return;
  ended.closedMs = timeMs(event);
  if (done) ended.result = decode(done.result);
  if (failed) {
    ended.failure = causeOf(failed.failure);
    ended.failureDetails = decode(failed.failure?.applicationFailureInfo?.details);
  }
  if (cancelled) {
    ended.failure = { type: 'attempt.cancelled', message: 'it was cancelled' };
    ended.failureDetails = decode(cancelled.details);
  }
}

function enterOthers(event: Event, updates: Map<string, ControlEvent>, happenings: Happenings): void {
  const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
  if (accepted) {
    const { meta, input } = accepted.acceptedRequest ?? {};
    const control: ControlEvent = {
      atMs: timeMs(event),
      name: input?.name ?? '',
      argument: decode(input?.args),
      identity: meta?.identity ?? '',
      outcome: undefined,
      failed: null,
    };
    updates.set(String(event.eventId), control);
    happenings.controls.push(control);
  }
  const completed = event.workflowExecutionUpdateCompletedEventAttributes;
  const update = updates.get(String(completed?.acceptedEventId));
  if (update) {
    update.outcome = decode(completed?.outcome?.success);
    update.failed = causeOf(completed?.outcome?.failure)?.message ?? null;
  }
  const signal = event.workflowExecutionSignaledEventAttributes;
  if (signal) {
    happenings.signals.push({
      atMs: timeMs(event),
      name: signal.signalName ?? '',
      argument: decode(signal.input),
    });
  }
  const attributes = event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields;
  const paused = attributes?.['SkillGradPaused'];
  if (paused) happenings.paused.push({ atMs: timeMs(event), kind: String(decode({ payloads: [paused] })) });
}

function enterEnd(event: Event, happenings: Happenings): void {
  const asked = event.workflowExecutionCancelRequestedEventAttributes;
  const terminated = event.workflowExecutionTerminatedEventAttributes;
  if (asked || terminated) {
    const { identity = '' } = asked ?? terminated ?? {};
    const note = terminated?.reason ?? asked?.cause ?? '';
    const name = terminated ? 'terminate' : 'request cancellation';
    const argument = { by: identity ?? '', ...(note === '' ? {} : { note }) };
    happenings.controls.push({
      ...{ atMs: timeMs(event), name, argument, identity: identity ?? '', outcome: null, failed: null },
    });
  }
  const completed = event.workflowExecutionCompletedEventAttributes;
  const continued = event.workflowExecutionContinuedAsNewEventAttributes;
  const failed = event.workflowExecutionFailedEventAttributes;
  const closed =
    event.workflowExecutionCanceledEventAttributes ?? event.workflowExecutionTimedOutEventAttributes ?? null;
  if (completed ?? continued ?? failed ?? terminated ?? closed) happenings.closedMs = timeMs(event);
  if (completed) happenings.result = decode(completed.result);
  if (continued) happenings.continuedAs = continued.newExecutionRunId ?? '';
  if (failed) happenings.failure = causeOf(failed.failure);
}
