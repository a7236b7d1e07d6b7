import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { z } from 'zod';
import type { History } from '../../workers/replay-histories';
import { UserError } from '../terminal/user-error';

/** A history read, with the execution that its first event names; `from` says where it was read. */
export interface ReadHistory {
  from: string;
  workflowId: string;
  runId: string;
  workflowType: string;
  history: History;
}

/** Whether a file's name says that it may hold a history. */
export const isHistoryFile = (name: string): boolean => /\.json(\.gz)?$/.test(name);

const HistoryJson = z.object({
  events: z
    .array(z.looseObject({ eventId: z.union([z.string(), z.number()]), eventType: z.union([z.string(), z.number()]) }))
    .min(1),
});

/**
 * The files that a path names: itself, or those of a folder that `history export` has written, `.json` or `.json.gz`.
 *
 * @returns null when there is no history: then a run may be meant
 */
export async function historyFilesAt(path: string): Promise<string[] | null> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (found === null) return null;
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path)).filter(isHistoryFile).sort();
  return names.length === 0 ? null : names.map((name) => join(path, name));
}

/**
 * Reads the bytes of a history in Temporal's JSON, gzipped or not.
 *
 * @param from where they are from, for messages
 * @throws UserError that names `from`, the field at fault and what was expected
 */
export function readHistory(from: string, bytes: Uint8Array): ReadHistory {
  const history = parseHistory(from, bytes);
  const [first] = history.events ?? [];
  const started = first?.workflowExecutionStartedEventAttributes;
  if (!started?.workflowType?.name || !started.workflowId) {
    throw bad(from, 'events[0]', 'the start of a workflow with its id and type', `event ${String(first?.eventType)}`);
  }
  const { workflowId, originalExecutionRunId } = started;
  return { from, workflowId, runId: originalExecutionRunId ?? '', workflowType: started.workflowType.name, history };
}

/** Reads a file as `readHistory` does. */
export async function readHistoryFile(path: string): Promise<ReadHistory> {
  return readHistory(path, await readFile(path));
}

function parseHistory(from: string, bytes: Uint8Array): History {
  let data: unknown;
  try {
    const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : Buffer.from(bytes);
    data = JSON.parse(plain.toString());
  } catch (error) {
    throw bad(from, 'the file', 'JSON, gzipped or not', (error as Error).message);
  }
  const checked = HistoryJson.safeParse(data);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw bad(from, issue?.path.join('.') || 'the document', 'a history in Temporal’s JSON', issue?.message ?? '');
  }
  try {
    return historyFromJSON(data);
  } catch (error) {
    throw bad(from, 'events', 'events of Temporal', (error as Error).message);
  }
}

function bad(from: string, field: string, expected: string, got: string): UserError {
  const fix = '`skillgrad history export RUN` and `temporal workflow show --output json` write such files.';
  return new UserError(`${from}: ${field}: expected ${expected}, got: ${got}. ${fix}`, 2);
}
