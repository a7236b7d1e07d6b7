import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import type { ArtifactStore } from '../../store/artifact-store';
import { ExportedHistory, historyName } from '../../workers/history-exporter';
import type { Event } from './history-events';

/** One execution of a workflow, with its whole history. */
export interface Execution {
  runId: string;
  /** Run id of the execution that it continues as new from, or its own. */
  firstRunId: string;
  startedMs: number;
  events: Event[];
}

/**
 * The executions of a workflow, the earliest first: closed ones from the store, which keeps them for good, the others
 * from the server.
 */
export async function executionsOf(client: Client, store: ArtifactStore, workflowId: string): Promise<Execution[]> {
  const found = new Map<string, Event[]>();
  const folder = historyName(workflowId, '').replace(/\/$/, '');
  for (const runId of await store.listNamed(folder)) {
    // The histories of children are folders in there.
    if (!/^[0-9a-f-]{36}$/.test(runId)) continue;
    const entry = await store.readNamed(ExportedHistory, historyName(workflowId, runId));
    if (entry === null) continue;
    const history: unknown = JSON.parse((await store.getBytes(entry.history)).toString());
    found.set(runId, historyFromJSON(history).events ?? []);
  }
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = "${workflowId}"` })) {
    if (found.has(runId)) continue;
    try {
      const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      found.set(runId, events ?? []);
    } catch (error) {
      // Deleted between the two questions.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
  return [...found]
    .map(([runId, events]) => {
      const started = events[0]?.workflowExecutionStartedEventAttributes;
      const seconds = Number(events[0]?.eventTime?.seconds ?? 0);
      const startedMs = seconds * 1000 + Number(events[0]?.eventTime?.nanos ?? 0) / 1e6;
      return { runId, firstRunId: started?.firstExecutionRunId || runId, startedMs, events };
    })
    .sort((a, b) => a.startedMs - b.startedMs);
}

/** The executions that continue each other up to the latest one, the first of them first. */
export function latestChain(executions: readonly Execution[]): Execution[] {
  const first = executions.at(-1)?.firstRunId;
  return executions.filter(({ firstRunId }) => firstRunId === first);
}
