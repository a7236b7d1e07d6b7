import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { errorCode } from './errors';

// Names are bytes to the kernel. One that isn't UTF-8 can't be written as a string, so that a file of that name would
// be neither measured nor swept; hence the buffers here.

/** What an entry counts at least: a million empty files fill a disk too. */
const entryBytes = 4096;
/** Beyond this, paths could reach the system's limit of 4096 bytes. */
const longestPath = 3000;

function join(directory: Buffer, name: Buffer): Buffer {
  return Buffer.concat([directory, Buffer.from(path.sep), name]);
}

/** Whether a path is so long that entries below it might not be reachable by theirs. */
export function isTooLong(file: string): boolean {
  return Buffer.byteLength(file) > longestPath;
}

/** Bytes that a tree holds, Infinity if it can't be told; stops counting above `enoughBytes`. It may change meanwhile. */
export function measureDirectory(directory: string, enoughBytes: number): number {
  let total = 0;
  const pending: Buffer[] = [Buffer.from(directory)];
  for (let current = pending.pop(); current !== undefined && total <= enoughBytes; current = pending.pop()) {
    const names = listAlive(current);
    // Code that closes a directory can hide any amount in it; only root sees through that.
    if (names === null) return Infinity;
    for (const name of names) {
      const file = join(current, name);
      const stat = lstatAlive(file);
      total += Math.max(entryBytes, stat?.isFile() ? stat.size : 0);
      if (stat?.isDirectory() && file.length < longestPath) pending.push(file);
      if (total > enoughBytes) break;
    }
  }
  return total;
}

/** Removes entries of a directory whose names aren't UTF-8. `top` is a directory on the same disk. */
export function removeUnnameable(directory: string, top: string): void {
  for (const name of fs.readdirSync(directory, { encoding: 'buffer' })) {
    if (Buffer.from(name.toString()).equals(name)) continue;
    removeDeep(join(Buffer.from(directory), name), top);
  }
}

/** Removes a tree whose paths may be longer than the system allows, by pulling lower parts up into `top`. */
export function removeDeep(tree: string | Buffer, top: string): void {
  const pending: Buffer[] = [typeof tree === 'string' ? Buffer.from(tree) : tree];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    if (!fs.lstatSync(current).isDirectory()) {
      fs.unlinkSync(current);
      continue;
    }
    fs.chmodSync(current, 0o700);
    for (const name of fs.readdirSync(current, { encoding: 'buffer' })) {
      const file = join(current, name);
      if (!fs.lstatSync(file).isDirectory()) {
        fs.unlinkSync(file);
        continue;
      }
      const lifted = Buffer.from(path.join(top, `.removed-${randomUUID()}`));
      fs.chmodSync(file, 0o700);
      fs.renameSync(file, lifted);
      pending.push(lifted);
    }
    fs.rmdirSync(current);
  }
}

/** Null for a directory that may not be read. */
function listAlive(directory: Buffer): Buffer[] | null {
  try {
    return fs.readdirSync(directory, { encoding: 'buffer' });
  } catch (error) {
    if (errorCode(error) === 'EACCES') return null;
    return unlessGone(error, []);
  }
}

function lstatAlive(file: Buffer): fs.Stats | undefined {
  try {
    return fs.lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    return unlessGone(error, undefined);
  }
}

/** The tree is alive: an entry may be gone since it was listed, or its directory closed. */
function unlessGone<T>(error: unknown, otherwise: T): T {
  if (['ENOENT', 'ENOTDIR', 'EACCES', 'ENAMETOOLONG'].includes(errorCode(error) ?? '')) return otherwise;
  throw error;
}
