import type { Client } from '@temporalio/client';
import type { ArtifactStore } from '../../store/artifact-store';
import { historyFile, readHistories } from './read-histories';

/** A history as a file of a delivery, in Temporal's JSON. */
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
  const deadlineMs = Date.now() + patienceMs;
  let all = await readHistories(store, client, run);
  while (all.some(({ keptBy }) => keptBy === 'server') && Date.now() < deadlineMs) {
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    all = await readHistories(store, client, run);
  }
  const kept = all.filter(({ keptBy }) => keptBy === 'store');
  const histories: KeptHistory[] = [];
  for (const history of kept) histories.push({ fileName: historyFile(history), bytes: await history.read() });
  histories.sort((a, b) => (a.fileName < b.fileName ? -1 : 1));
  return { histories, missing: all.length - kept.length };
}
