import type { Client } from '@temporalio/client';
import type { ArtifactStore } from '../store/artifact-store';
import { HistoryVerification, verificationName, type Divergence, type ExportedHistory } from '../store/histories';
import { isServerAway } from './connection';
import { historyExporter } from './history-exporter';
import { verifyStored } from './history-verifier';
import { openReplayer, type Replayer } from './replay-histories';
import { workerLog } from './worker-log';
import type { WorkflowBundle } from './workflow-bundle';

const exportEveryMs = 3000;
const verifyEveryMs = 10_000;

/**
 * Exports the histories of closed workflows every few seconds, and verifies them against the worker's own workflow code.
 * What is not exported is tried again at the next look; a history that the code doesn't replay is logged as an error.
 *
 * @returns what stops it, when the worker ends
 */
export function keepHistories(
  client: Client,
  { store, taskQueue, bundle }: { store: ArtifactStore; taskQueue: string; bundle: WorkflowBundle },
): () => Promise<void> {
  const unverified = new Map<string, ExportedHistory>();
  const exportDue = historyExporter(client, store, taskQueue, (entry) => unverified.set(entry.runId, entry));
  // One for the worker's life: each that is opened leaves some MB of native memory behind when it is closed.
  let replayer: Replayer | null = null;
  let verifying = Promise.resolve();

  async function verify(entry: ExportedHistory): Promise<void> {
    // Another worker may have been quicker.
    if ((await store.readNamed(HistoryVerification, verificationName(entry))) !== null) return;
    replayer ??= openReplayer(bundle.code);
    const { divergence } = await verifyStored(store, entry, replayer, bundle.digest);
    if (divergence !== null) report(entry, divergence);
  }

  async function verifyDue(): Promise<void> {
    for (const entry of [...unverified.values()]) {
      // One that can't be verified holds up no other; `history verify` meets it again.
      unverified.delete(entry.runId);
      await verify(entry).catch(async (error: unknown) => {
        workerLog.error({ ...nameOf(entry), error }, 'this history cannot be verified');
        const failed = replayer;
        replayer = null;
        await failed?.close();
      });
    }
  }

  function report(entry: ExportedHistory, divergence: Divergence): void {
    workerLog.error(
      { ...nameOf(entry), divergence },
      'THE WORKFLOW CODE AT HAND DOES NOT REPLAY THIS HISTORY; it is kept',
    );
  }

  const timers = [
    setInterval(() => {
      exportDue().catch((error: unknown) => {
        if (!isServerAway(error)) workerLog.warn({ error }, 'histories of closed workflows are not exported yet');
      });
    }, exportEveryMs),
    setInterval(() => {
      verifying = verifying.then(verifyDue);
    }, verifyEveryMs),
  ];
  return async () => {
    timers.forEach((timer) => clearInterval(timer));
    unverified.clear();
    await verifying;
    await replayer?.close();
  };
}

function nameOf({ workflowId, runId }: ExportedHistory): { workflowId: string; runId: string } {
  return { workflowId, runId };
}
