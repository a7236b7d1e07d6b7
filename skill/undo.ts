import type { FileEntry } from '../records/artifact';
import { sortFiles } from './package';

/** What makes an earlier state of one file: the whole file, its absence, or one stretch of bytes to put back. */
type FileUndo =
  | { kind: 'restore'; path: string; mode: number; bytes: Uint8Array }
  | { kind: 'remove'; path: string }
  | { kind: 'splice'; path: string; mode: number; at: number; added: Uint8Array; removed: Uint8Array };

/** The inverse of a change of a package, file by file. */
export type Undo = readonly FileUndo[];

/** What turns `after` back into `before`. */
export function undoOf(before: readonly FileEntry[], after: readonly FileEntry[]): Undo {
  const now = new Map(after.map((file) => [file.path, file]));
  const then = new Map(before.map((file) => [file.path, file]));
  const undo: FileUndo[] = [];
  for (const { path, mode, bytes } of before) {
    const file = now.get(path);
    if (file === undefined) undo.push({ kind: 'restore', path, mode, bytes });
    else if (file.mode !== mode || Buffer.compare(file.bytes, bytes) !== 0) undo.push(stretch(path, mode, bytes, file));
  }
  for (const { path } of after) if (!then.has(path)) undo.push({ kind: 'remove', path });
  return undo;
}

function stretch(path: string, mode: number, old: Uint8Array, { bytes }: FileEntry): FileUndo {
  const shorter = Math.min(old.length, bytes.length);
  let at = 0;
  while (at < shorter && old[at] === bytes[at]) at += 1;
  let tail = 0;
  while (tail < shorter - at && old[old.length - 1 - tail] === bytes[bytes.length - 1 - tail]) tail += 1;
  const added = bytes.slice(at, bytes.length - tail);
  return { kind: 'splice', path, mode, at, added, removed: old.slice(at, old.length - tail) };
}

/**
 * Undoes edits.
 *
 * @throws Error when the package isn't the one that the edits made; nothing is guessed.
 */
export function undoEdits(files: readonly FileEntry[], undo: Undo): FileEntry[] {
  const result = new Map(files.map((file) => [file.path, file]));
  for (const step of undo) {
    const file = result.get(step.path);
    if (step.kind === 'restore') {
      if (file !== undefined) throw mismatch(step.path, 'exists, though the edits deleted it');
      result.set(step.path, { path: step.path, mode: step.mode, bytes: step.bytes });
      continue;
    }
    if (file === undefined) throw mismatch(step.path, 'is missing');
    if (step.kind === 'remove') result.delete(step.path);
    else result.set(step.path, { path: step.path, mode: step.mode, bytes: put(file, step) });
  }
  return sortFiles([...result.values()]);
}

function put({ path, bytes }: FileEntry, { at, added, removed }: Extract<FileUndo, { kind: 'splice' }>): Uint8Array {
  const end = at + added.length;
  if (Buffer.compare(bytes.subarray(at, end), added) !== 0) throw mismatch(path, `has other text at byte ${at}`);
  return new Uint8Array(Buffer.concat([bytes.subarray(0, at), removed, bytes.subarray(end)]));
}

function mismatch(path: string, what: string): Error {
  return new Error(`edits can't be undone: ${path} ${what}; give the package that they made`);
}
