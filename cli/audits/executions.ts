import type { Client } from '@temporalio/client';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { ArtifactRef } from '../../records/artifact';
import { isFault } from '../../records/fault';
import { canonicalJson, type ArtifactStore } from '../../store/artifact-store';
import { storedHistories } from '../../store/histories';
import { resetOf, timeMs, type Event } from './decode';

/** One execution of a run's workflow or of a child of it, with its whole history. */
export interface Execution {
  workflowId: string;
  runId: string;
  type: string;
  status: string;
  /** ms since the epoch; of one that a reset has made, when that was. */
  startedMs: number;
  events: Event[];
  /** Where the history was read; `exported` is its copy in the store, null while there is none. */
  from: 'server' | 'store';
  exported: ArtifactRef | null;
}

/**
 * All executions of a run and of its children, by their start: from the server where it still has them, else from their
 * copies in the store.
 *
 * @param client null: the store alone
 * @param problems gets what can't be read, and copies that differ from what the server has
 */
export async function readExecutions(
  client: Client | null,
  store: ArtifactStore,
  run: string,
  problems: string[],
): Promise<Execution[]> {
  const found = new Map<string, Execution>();
  const copies = new Map<string, Buffer>();
  for (const kept of await storedHistories(store, run, (problem) => problems.push(problem))) {
    const { workflowId, runId, workflowType: type, status, history } = kept;
    try {
      const bytes = await store.getBytes(history);
      copies.set(runId, bytes);
      const { events } = historyFromJSON(JSON.parse(bytes.toString('utf8')) as object);
      found.set(runId, entry({ workflowId, runId, type, status, exported: history, from: 'store' }, events ?? []));
    } catch (error) {
      if (!isFault(error)) throw error;
      problems.push(`the copy of the history of ${workflowId} can't be read: ${error.message}`);
    }
  }
  const query = `WorkflowId = "${run}" OR WorkflowId STARTS_WITH "${run}/"`;
  for await (const { workflowId, runId, type, status } of client?.workflow.list({ query }) ?? []) {
    const history = await client?.workflow.getHandle(workflowId, runId).fetchHistory();
    const copy = copies.get(runId);
    if (history && copy !== undefined && !sameData(copy.toString('utf8'), historyToJSON(history))) {
      problems.push(`the copy of the history of ${workflowId} (${runId}) differs from the server's`);
    }
    const exported = found.get(runId)?.exported ?? null;
    found.set(
      runId,
      entry({ workflowId, runId, type, status: status.name, exported, from: 'server' }, history?.events ?? []),
    );
  }
  return [...found.values()].sort(byStart);
}

/** Whether two JSON texts hold the same, in whatever order a server gives the keys of its maps. */
function sameData(a: string, b: string): boolean {
  return canonicalJson(JSON.parse(a)) === canonicalJson(JSON.parse(b));
}

function entry(what: Omit<Execution, 'events' | 'startedMs'>, events: Event[]): Execution {
  const begunMs = events[0] === undefined ? 0 : timeMs(events[0]);
  return { ...what, events, startedMs: resetOf(events, what.runId)?.atMs ?? begunMs };
}

/** By start; a parent starts in the same millisecond as a child at the earliest, and its id is the shorter one. */
function byStart(a: Execution, b: Execution): number {
  return (
    a.startedMs - b.startedMs || a.workflowId.length - b.workflowId.length || (a.workflowId < b.workflowId ? -1 : 1)
  );
}
