import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { ArtifactStore } from '../store/artifact-store';
import { ExportedHistory, HistoryVerification, historyName, verificationName } from '../store/histories';

/** Closing times are looked for from this long before the last look: visibility may lag behind. */
const overlapMs = 60_000;

/** What the server's list tells of a closed execution. */
export interface ClosedExecution {
  workflowId: string;
  runId: string;
  type: string;
  status: { name: string };
  startTime: Date;
  closeTime?: Date | undefined;
}

/**
 * Copies the history of a closed execution into the store, unless it is there.
 *
 * @returns the store's entry for it
 */
export async function exportHistory(
  client: Client,
  store: ArtifactStore,
  { workflowId, runId, type, status, startTime }: ClosedExecution,
): Promise<ExportedHistory> {
  const name = historyName({ workflowId, runId });
  const there = await store.readNamed(ExportedHistory, name);
  if (there !== null) return there;
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const entry: ExportedHistory = {
    workflowId,
    runId,
    workflowType: type,
    status: status.name,
    startedAt: startTime.toISOString(),
    history: await store.putBytes(Buffer.from(historyToJSON(history))),
  };
  await store.createNamed(name, entry);
  return entry;
}

/**
 * Copies the histories of a queue's closed workflows into the store, each once, so that a run can be audited and
 * replayed after the server has deleted it. The first call looks at all that the server still has, later ones at what
 * has closed since; calls don't overlap. An error of one history holds up no other and is reported at the end.
 *
 * @param onUnverified is told of each kept history that nobody has verified yet, once
 * @returns a function that exports what is due
 */
export function historyExporter(
  client: Client,
  store: ArtifactStore,
  taskQueue: string,
  onUnverified: (entry: ExportedHistory) => void,
): () => Promise<void> {
  /** Names of what is done with, and when it closed; what the next look doesn't list any more is forgotten. */
  let done = new Map<string, number>();
  let since = new Date(0);
  let running: Promise<void> = Promise.resolve();

  async function exportDue(): Promise<void> {
    const looked = new Date(Date.now() - overlapMs);
    const query = `TaskQueue = "${taskQueue}" AND ExecutionStatus != "Running" AND CloseTime >= "${since.toISOString()}"`;
    const failures: unknown[] = [];
    for await (const closed of client.workflow.list({ query })) {
      const name = historyName(closed);
      if (done.has(name)) continue;
      try {
        const entry = await exportHistory(client, store, closed);
        if ((await store.readNamed(HistoryVerification, verificationName(entry))) === null) onUnverified(entry);
        done.set(name, closed.closeTime?.getTime() ?? Infinity);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} histories are not exported yet`);
    since = looked;
    done = new Map([...done].filter(([, closedMs]) => closedMs >= looked.getTime()));
  }

  return () => (running = running.catch(() => undefined).then(exportDue));
}
