import type { Client } from '@temporalio/client';
import type { ArtifactStore } from '../../store/artifact-store';
import { ExportedHistory, historyName } from '../../store/histories';

/** The history of one execution of a run or of a child of it, as Temporal's JSON. */
export interface KeptHistory {
  fileName: string;
  bytes: Uint8Array;
}

const pollMs = 300;

/**
 * The histories of a run and its children that the worker has exported into the store, in order of their names.
 *
 * @param patienceMs how long to wait for those that are still to come
 * @returns them, and how many executions have none yet
 */
export async function keptHistories(
  client: Client,
  store: ArtifactStore,
  run: string,
  patienceMs: number,
): Promise<{ histories: KeptHistory[]; missing: number }> {
  const executions: { workflowId: string; runId: string }[] = [];
  const query = `WorkflowId = "${run}" OR WorkflowId STARTS_WITH "${run}/"`;
  for await (const { workflowId, runId } of client.workflow.list({ query })) executions.push({ workflowId, runId });
  const deadlineMs = Date.now() + patienceMs;
  for (;;) {
    const histories: KeptHistory[] = [];
    for (const { workflowId, runId } of executions) {
      const entry = await store.readNamed(ExportedHistory, historyName({ workflowId, runId }));
      if (entry === null) continue;
      const fileName = `${workflowId.replace(/\//g, '.')}.${runId.slice(0, 8)}.json`;
      histories.push({ fileName, bytes: await store.getBytes(entry.history) });
    }
    const missing = executions.length - histories.length;
    if (missing === 0 || Date.now() >= deadlineMs) {
      histories.sort((a, b) => (a.fileName < b.fileName ? -1 : 1));
      return { histories, missing };
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
