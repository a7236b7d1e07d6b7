import type { Client } from '@temporalio/client';
import type { ArtifactStore } from '../../store/artifact-store';
import { historyName } from '../../store/histories';
import { historyFile, readHistories, type RunHistory } from './read-histories';

/** A history as a file of a delivery, in Temporal's JSON. */
export interface KeptHistory {
  fileName: string;
  bytes: Uint8Array;
}

const pollMs = 300;

/**
 * The histories of a run and its children that the worker has exported into the store, in order of their names.
 *
 * @param client null: nobody but the store is asked
 * @param patienceMs how long to wait for those that are still to come
 * @returns them, how many executions have none yet, and what is wrong with those that can't be read
 */
export async function keptHistories(
  client: Client | null,
  store: ArtifactStore,
  run: string,
  patienceMs: number,
): Promise<{ histories: KeptHistory[]; missing: number; damaged: string[] }> {
  const deadlineMs = Date.now() + patienceMs;
  const damaged = new Map<string, string>();
  const look = async (): Promise<{ kept: RunHistory[]; missing: number }> => {
    const all = await readHistories(store, client, run, (problem, name) => damaged.set(name, problem));
    const kept = all.filter(({ keptBy }) => keptBy === 'store');
    return { kept, missing: all.filter((one) => one.keptBy === 'server' && !damaged.has(historyName(one))).length };
  };
  let { kept, missing } = await look();
  while (missing > 0 && Date.now() < deadlineMs) {
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    ({ kept, missing } = await look());
  }
  const histories: KeptHistory[] = [];
  for (const history of kept) histories.push({ fileName: historyFile(history), bytes: await history.read() });
  histories.sort((a, b) => (a.fileName < b.fileName ? -1 : 1));
  return { histories, missing, damaged: [...damaged.values()] };
}
