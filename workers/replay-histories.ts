import { temporal } from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import type { Divergence } from '../store/histories';

export type History = temporal.api.history.v1.IHistory;
type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
const { EventType } = temporal.api.enums.v1;

/** Replays histories one after the other against one bundle of workflow code; to be closed by whoever opened it. */
export interface Replayer {
  /** Where the code leaves the recorded path; null: it keeps to it. Executes nothing and asks no server. */
  replay(workflowId: string, history: History): Promise<Divergence | null>;
  close(): Promise<void>;
}

/** Opens Temporal's replayer on a bundle of workflow code. */
export function openReplayer(code: string): Replayer {
  let next: { workflowId: string; history: History } | null = null;
  // The replayer takes a history at each call of `results.next()`, and this is the one that it gets.
  function* handed() {
    while (next !== null) yield next;
  }
  const results = Worker.runReplayHistories({ workflowBundle: { code }, replayName: 'verify' }, handed());

  async function errorOf(workflowId: string, history: History): Promise<string | null> {
    next = { workflowId, history };
    const result = await results.next();
    if (result.done === true) throw new Error('the replayer ended before its last history');
    return result.value.error?.message ?? null;
  }

  /** The events of the first workflow task that doesn't replay, found by halving: what replays whole replays in part. */
  async function taskAtFault(workflowId: string, events: HistoryEvent[]): Promise<HistoryEvent[]> {
    const started = events.flatMap(({ eventType }, index) =>
      eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED ? [index] : [],
    );
    // What a task brought about is recorded before the next one starts.
    const ends = [...started.slice(1), events.length - 1];
    let [low, high] = [0, ends.length - 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const beginning = { events: events.slice(0, (ends[middle] ?? 0) + 1) };
      if ((await errorOf(workflowId, beginning)) === null) low = middle + 1;
      else high = middle;
    }
    return events.slice((started[low] ?? 0) + 1, (ends[low] ?? 0) + 1);
  }

  return {
    replay: async (workflowId, history) => {
      const error = await errorOf(workflowId, history);
      if (error === null) return null;
      const events = history.events ?? [];
      const event = eventAtFault(error, events, await taskAtFault(workflowId, events));
      return { message: shortened(error), event };
    },
    close: async () => {
      next = null;
      await results.next();
    },
  };
}

/** The event that an error names by its id, else by what it has recorded, else the first that the task brought about. */
function eventAtFault(error: string, events: HistoryEvent[], task: HistoryEvent[]): Divergence['event'] {
  const id = /HistoryEvent\(id: (\d+)/.exec(error)?.[1];
  const recorded = /scheduled event '([^']*)'/.exec(error)?.[1];
  const event =
    events.find(({ eventId }) => id !== undefined && String(eventId) === id) ??
    task.find((one) => recorded !== undefined && JSON.stringify(one).includes(JSON.stringify(recorded))) ??
    task.find(({ eventType }) => eventType !== EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) ??
    task[0];
  if (event === undefined) return null;
  return { id: Number(event.eventId), type: eventName(event) };
}

/** As `ActivityTaskScheduled`, the way the Temporal UI shows it. */
function eventName({ eventType }: HistoryEvent): string {
  const words = (EventType[eventType ?? 0] ?? '').replace(/^EVENT_TYPE_/, '').split('_');
  return words.map((word) => word.charAt(0) + word.slice(1).toLowerCase()).join('');
}

/** The sentence that says what is wrong, out of Temporal's wrapping. */
function shortened(error: string): string {
  const quoted = /message: "((?:[^"\\]|\\.)*)"/.exec(error)?.[1];
  return (quoted ?? error.replace(/^[^]*?Details: /, '')).replace(/\\"/g, '"');
}
