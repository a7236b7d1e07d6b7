import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { Event } from './history-events';

/** A workflow that stands still since its code fails on its history. */
export interface StuckWorkflow {
  workflowId: string;
  /** How often its next task has been tried. */
  attempt: number;
  message: string;
}

/** The first of a run's open workflows whose last task has failed; null when all of them go on. */
export async function stuckAmong(
  client: Client,
  open: readonly WorkflowExecutionDescription[],
): Promise<StuckWorkflow | null> {
  for (const { workflowId, runId, raw } of open) {
    const attempt = raw.pendingWorkflowTask?.attempt ?? 1;
    if (attempt === 1) continue;
    // A task is tried again after the death of its worker, too; only the first failure enters the history.
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const message = lastFailure(events ?? []);
    if (message !== null) return { workflowId, attempt, message };
  }
  return null;
}

function lastFailure(events: readonly Event[]): string | null {
  for (const event of [...events].reverse()) {
    if (event.workflowTaskCompletedEventAttributes) return null;
    const failed = event.workflowTaskFailedEventAttributes;
    if (failed) return failed.failure?.message ?? 'its task failed';
  }
  return null;
}

/** What stands still, for people, and what to do about it. */
export function stuckText({ workflowId, attempt, message }: StuckWorkflow, run: string): string {
  return (
    `${workflowId} stands still: its code fails on its history (attempt ${attempt}): ${message.replace(/\s+/g, ' ')}. ` +
    `Nothing is lost. \`skillgrad history verify ${run}\` names the event; with a worker of the version that began it the run goes on.`
  );
}
