import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { ArtifactStore } from '../../store/artifact-store';
import { byStart, storedHistories, type Execution, type HistoryVerification } from '../../store/histories';

/** The history of one execution of a run or of a child of it, where it lies. */
export interface RunHistory extends Execution {
  workflowType: string;
  /** Temporal's word for it, as `COMPLETED`; `RUNNING` while the execution is under way. */
  status: string;
  /** ISO time. */
  startedAt: string;
  /** `server`: still running, or closed and not exported yet. */
  keptBy: 'store' | 'server';
  /** What its replay at its close came to; null: nobody has verified it yet. */
  verification: HistoryVerification | null;
  /** Its bytes as Temporal's JSON. Throws the store's fault when they are damaged. */
  read(): Promise<Buffer>;
}

/**
 * The histories of a run and all its children, by their start: each from the store where it has been exported, else from
 * the server, so that they outlive the server's retention.
 *
 * @param client null: nobody but the store is asked
 * @param onDamage as of `storedHistories`; the server is asked for what the store has damaged
 */
export async function readHistories(
  store: ArtifactStore,
  client: Client | null,
  run: string,
  onDamage?: (problem: string, name: string) => void,
): Promise<RunHistory[]> {
  const histories: RunHistory[] = (await storedHistories(store, run, onDamage)).map(({ history, ...entry }) => ({
    ...entry,
    keptBy: 'store',
    read: () => store.getBytes(history),
  }));
  if (client === null) return histories;
  const kept = new Set(histories.map(({ runId }) => runId));
  const query = `WorkflowId = "${run}" OR WorkflowId STARTS_WITH "${run}/"`;
  for await (const { workflowId, runId, type, status, startTime } of client.workflow.list({ query })) {
    if (kept.has(runId)) continue;
    histories.push({
      ...{ workflowId, runId, workflowType: type, status: status.name, startedAt: startTime.toISOString() },
      keptBy: 'server',
      verification: null,
      read: async () => {
        const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
        return Buffer.from(historyToJSON(history));
      },
    });
  }
  return histories.sort(byStart);
}

/** Name of the file that a history is written to. */
export function historyFile({ workflowId, runId }: Execution): string {
  return `${workflowId.replaceAll('/', '.')}.${runId.slice(0, 8)}.json`;
}
