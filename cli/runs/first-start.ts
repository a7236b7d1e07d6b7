import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import { openStore } from '../../store/artifact-store';
import { ExportedHistory, historyName } from '../../store/histories';
import type { Home } from '../../workers/home';

/**
 * When a run began: its first execution, which a rewind and continuing as new leave behind, from its server or, once that
 * has deleted it, from the store. Where neither has it: the start of the execution at hand.
 */
export async function firstStart(
  client: Client,
  home: Home,
  { workflowId, runId, startTime, raw }: WorkflowExecutionDescription,
): Promise<Date> {
  const first = raw.workflowExecutionInfo?.firstRunId;
  if (!first || first === runId) return startTime;
  try {
    return (await client.workflow.getHandle(workflowId, first).describe()).startTime;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  const store = await openStore(home.store);
  const kept = await store.readNamed(ExportedHistory, historyName({ workflowId, runId: first }));
  return kept === null ? startTime : new Date(kept.startedAt);
}
