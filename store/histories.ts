import { z } from 'zod';
import { ArtifactRef } from '../records/artifact';
import { isFault } from '../records/fault';
import type { ArtifactStore } from './artifact-store';

/** One execution of a workflow: continuing as new, resetting and starting anew each make another under the same id. */
export interface Execution {
  workflowId: string;
  runId: string;
}

/** Where the history of a closed workflow is kept, by workflow and run id; `startedAt` is an ISO time. */
export const ExportedHistory = z.object({
  workflowId: z.string(),
  runId: z.string(),
  workflowType: z.string(),
  status: z.string(),
  startedAt: z.string(),
  history: ArtifactRef,
});
export type ExportedHistory = z.infer<typeof ExportedHistory>;

/** Where a replay left the recorded path; `event` is the first recorded event that the code at hand didn't bring about. */
export const Divergence = z.object({
  message: z.string(),
  event: z.object({ id: z.number().int(), type: z.string() }).nullable(),
});
export type Divergence = z.infer<typeof Divergence>;

/** What the replay of a history came to; `code` is the digest of the workflow code that it ran against. */
export const HistoryVerification = z.object({ code: z.string(), divergence: Divergence.nullable() });
export type HistoryVerification = z.infer<typeof HistoryVerification>;

/** A history in the store, and its verification once there is one. */
export interface StoredHistory extends ExportedHistory {
  verification: HistoryVerification | null;
}

const runIdPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function folderOf(workflowId: string): string {
  return `histories/${workflowId.split('/').map(encodeURIComponent).join('/')}`;
}

/** Name of the store's object for one execution's history. */
export function historyName({ workflowId, runId }: Execution): string {
  return `${folderOf(workflowId)}/${runId}`;
}

/** Name of the store's object for what verifying that history came to; it stands beside it. */
export function verificationName(execution: Execution): string {
  return `${historyName(execution)}.verification`;
}

/**
 * The histories of a run and of its children that the store has, by their start, whatever the server still knows.
 *
 * @param onDamage gets what is wrong with an object that can't be read, which is then passed over; without it the store's
 *   fault is thrown
 */
export async function storedHistories(
  store: ArtifactStore,
  run: string,
  onDamage?: (problem: string, name: string) => void,
): Promise<StoredHistory[]> {
  const found: StoredHistory[] = [];
  const look = async (folder: string): Promise<void> => {
    for (const entry of await store.listNamed(folder)) {
      const name = `${folder}/${entry}`;
      if (entry.endsWith('.verification')) continue;
      if (!runIdPattern.test(entry)) {
        await look(name);
        continue;
      }
      try {
        const exported = await store.readNamed(ExportedHistory, name);
        if (exported === null) continue;
        const verification = await store.readNamed(HistoryVerification, verificationName(exported));
        found.push({ ...exported, verification });
      } catch (error) {
        if (onDamage === undefined || !isFault(error)) throw error;
        onDamage(`object ${name} can't be read: ${error.message}; ${error.fix}`, name);
      }
    }
  };
  await look(folderOf(run));
  return found.sort(byStart);
}

/** Order of executions by their start, then by their ids. */
export function byStart(a: Execution & { startedAt: string }, b: Execution & { startedAt: string }): number {
  const key = ({ startedAt, workflowId, runId }: typeof a): string => `${startedAt} ${workflowId} ${runId}`;
  return key(a) < key(b) ? -1 : 1;
}
