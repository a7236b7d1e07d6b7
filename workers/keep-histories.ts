import type { Client } from '@temporalio/client';
import type { ArtifactStore } from '../store/artifact-store';
import type { Divergence, ExportedHistory } from '../store/histories';
import { isServerAway } from './connection';
import { historyExporter } from './history-exporter';
import { verifyStored } from './history-verifier';
import { openReplayer } from './replay-histories';
import { workerLog } from './worker-log';
import type { WorkflowBundle } from './workflow-bundle';

const exportEveryMs = 3000;
/** The replayer is opened once for all that has closed since: it takes a moment and memory. */
const verifyEveryMs = 10_000;

/**
 * Exports the histories of closed workflows every few seconds, and verifies them against the worker's own workflow code.
 * What is not exported is tried again at the next look; a history that the code doesn't replay is logged as an error.
 *
 * @returns the timers, to be cleared when the worker ends
 */
export function keepHistories(
  client: Client,
  { store, taskQueue, bundle }: { store: ArtifactStore; taskQueue: string; bundle: WorkflowBundle },
): NodeJS.Timeout[] {
  const unverified = new Map<string, ExportedHistory>();
  const exportDue = historyExporter(client, store, taskQueue, (entry) => unverified.set(entry.runId, entry));
  let verifying = false;

  async function verifyDue(): Promise<void> {
    if (verifying || unverified.size === 0) return;
    verifying = true;
    const replayer = openReplayer(bundle.code);
    try {
      for (const entry of [...unverified.values()]) {
        // One that can't be verified holds up no other; `history verify` meets it again.
        unverified.delete(entry.runId);
        await verifyStored(store, entry, replayer, bundle.digest).then(
          ({ divergence }) => divergence !== null && report(entry, divergence),
          (error: unknown) => workerLog.error({ ...nameOf(entry), error }, 'this history cannot be verified'),
        );
      }
    } finally {
      verifying = false;
      await replayer.close();
    }
  }

  function report(entry: ExportedHistory, divergence: Divergence): void {
    workerLog.error(
      { ...nameOf(entry), divergence },
      'THE WORKFLOW CODE AT HAND DOES NOT REPLAY THIS HISTORY; it is kept',
    );
  }

  return [
    setInterval(() => {
      exportDue().catch((error: unknown) => {
        if (!isServerAway(error)) workerLog.warn({ error }, 'histories of closed workflows are not exported yet');
      });
    }, exportEveryMs),
    setInterval(() => {
      verifyDue().catch((error: unknown) => workerLog.error({ error }, 'histories are not verified'));
    }, verifyEveryMs),
  ];
}

function nameOf({ workflowId, runId }: ExportedHistory): { workflowId: string; runId: string } {
  return { workflowId, runId };
}
