import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import type { ArtifactStore } from '../store/artifact-store';
import { ExportedHistory, historyName, verificationName, type HistoryVerification } from '../store/histories';
import type { Replayer } from './replay-histories';

/**
 * Replays a history of the store and keeps beside it what came of it; the history stays as it is.
 *
 * @param code digest of the workflow code that `replayer` was opened on
 */
export async function verifyStored(
  store: ArtifactStore,
  entry: ExportedHistory,
  replayer: Replayer,
  code: string,
): Promise<HistoryVerification> {
  const history = historyFromJSON(JSON.parse((await store.getBytes(entry.history)).toString()));
  const verification = { code, divergence: await replayer.replay(entry.workflowId, history) };
  // Its run may have been forgotten meanwhile.
  if ((await store.readNamed(ExportedHistory, historyName(entry))) !== null)
    await store.createNamed(verificationName(entry), verification);
  return verification;
}
