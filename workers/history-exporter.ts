import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { z } from 'zod';
import { ArtifactRef } from '../records/artifact';
import type { ArtifactStore } from '../store/artifact-store';

/** Where the history of a closed workflow is kept, by workflow and run id. */
export const ExportedHistory = z.object({
  workflowId: z.string(),
  runId: z.string(),
  workflowType: z.string(),
  status: z.string(),
  history: ArtifactRef,
});
export type ExportedHistory = z.infer<typeof ExportedHistory>;

/** Name of the store's object for one execution's history. */
export function historyName(workflowId: string, runId: string): string {
  return `histories/${workflowId.split('/').map(encodeURIComponent).join('/')}/${runId}`;
}

/** Closing times are looked for from this long before the last look: visibility may lag behind. */
const overlapMs = 60_000;

/**
 * Copies the histories of a queue's closed workflows into the store, each once, so that a run can be audited and
 * replayed after the server has deleted it. The first call looks at all that the server still has, later ones at what
 * has closed since; calls don't overlap. An error of one history holds up no other and is reported at the end.
 *
 * @returns a function that exports what is due and resolves to the number of new histories
 */
export function historyExporter(client: Client, store: ArtifactStore, taskQueue: string): () => Promise<number> {
  const done = new Set<string>();
  let since = new Date(0);
  let running: Promise<number> = Promise.resolve(0);

  async function exportDue(): Promise<number> {
    const looked = new Date(Date.now() - overlapMs);
    const query = `TaskQueue = "${taskQueue}" AND ExecutionStatus != "Running" AND CloseTime >= "${since.toISOString()}"`;
    let exported = 0;
    const failures: unknown[] = [];
    for await (const { workflowId, runId, type, status } of client.workflow.list({ query })) {
      const name = historyName(workflowId, runId);
      if (done.has(name)) continue;
      try {
        if ((await store.readNamed(ExportedHistory, name)) === null) {
          const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
          const artifact = await store.putBytes(Buffer.from(historyToJSON(history)));
          const entry: ExportedHistory = {
            workflowId,
            runId,
            workflowType: type,
            status: status.name,
            history: artifact,
          };
          if (await store.createNamed(name, entry)) exported += 1;
        }
        done.add(name);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} histories are not exported yet`);
    since = looked;
    return exported;
  }

  return () => (running = running.catch(() => 0).then(exportDue));
}
