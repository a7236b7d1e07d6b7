import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { retriesAmong, retriesText, type Retries } from './retries';
import { stuckAmong, stuckText, type StuckWorkflow } from './stuck';

/** Why a run doesn't move, as far as Temporal tells. */
export interface Standstill {
  stuck: StuckWorkflow | null;
  retries: Retries | null;
}

/** Looks at the open workflows of a run, its children included. */
export async function standstillOf(client: Client, run: string): Promise<Standstill> {
  const query = `(WorkflowId = "${run}" OR WorkflowId STARTS_WITH "${run}/") AND ExecutionStatus = "Running"`;
  const open: WorkflowExecutionDescription[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    open.push(await client.workflow.getHandle(workflowId, runId).describe());
  }
  return { stuck: await stuckAmong(client, open), retries: retriesAmong(open) };
}

/** Says with `line` why a run doesn't move: its code fails, or activities of it are being retried. */
export async function tellStandstill(client: Client, run: string, line: (text: string) => void): Promise<void> {
  const { stuck, retries } = await standstillOf(client, run);
  if (stuck !== null) line(stuckText(stuck, run));
  else if (retries !== null) line(retriesText(retries));
}
