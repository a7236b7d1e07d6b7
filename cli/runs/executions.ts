import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import type { ArtifactStore } from '../../store/artifact-store';
import type { Event } from './history-events';
import { readHistories } from './read-histories';

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
 * from the server, if one is asked.
 */
export async function executionsOf(
  client: Client | null,
  store: ArtifactStore,
  workflowId: string,
): Promise<Execution[]> {
  const found = new Map<string, Event[]>();
  for (const history of await readHistories(store, client, workflowId)) {
    if (history.workflowId !== workflowId) continue;
    try {
      found.set(history.runId, historyFromJSON(JSON.parse((await history.read()).toString())).events ?? []);
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
