import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFile,
  writeFileSync,
} from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '../records/fault';

/** Type and fix of the fault of a disk without room. */
export const diskFull: [type: string, fix: string] = [
  'store.disk-full',
  'free space on the disk that holds it, then resume the run',
];

/** Turns a file system error into a fault that names the file and the fix; anything else is returned as it is. */
export function storeFault(error: unknown, doing: string): unknown {
  const code = codeOf(error);
  const known: Record<string, [string, string]> = {
    ENOSPC: diskFull,
    EDQUOT: ['store.disk-full', 'raise the quota or free space, then resume the run'],
    EROFS: ['store.read-only', 'mount that disk writable, then resume the run'],
    EACCES: ['store.forbidden', 'give the worker access to it, then resume the run'],
    EPERM: ['store.forbidden', 'give the worker access to it, then resume the run'],
    EIO: ['store.io', 'check the disk that holds it, then resume the run'],
    ESTALE: ['store.io', 'mount the network disk that holds it again, then resume the run'],
    EMFILE: ['store.busy', 'raise the limit of open files (ulimit -n) or lower the concurrency, then resume the run'],
    ENFILE: ['store.busy', 'raise the limit of open files of the machine, then resume the run'],
  };
  const entry = code === null ? undefined : known[code];
  if (entry === undefined) return error;
  return new Fault(`${doing}: ${(error as Error).message}`, {
    type: entry[0],
    retryable: true,
    fix: entry[1],
    cause: error,
  });
}

/** The error's code (`ENOENT` …) if it has one; `instanceof` would miss errors of another realm. */
export function codeOf(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : null;
}

const asideEnding = '.tmp';
const asidePattern = /\.(\d+)\.[0-9a-f]{12}\.tmp$/;

/** The process that writes, or wrote, a file aside; null for any other name. */
export function writerOfAside(name: string): number | null {
  const pid = asidePattern.exec(name)?.[1];
  return pid === undefined ? null : Number(pid);
}

const sync = promisify(fsync);
const write = promisify(writeFile);
/** Up to here a file is written at once: microseconds, where each step in the background costs a way through it. */
const smallBytes = 64 * 1024;

async function syncFolder(folder: string): Promise<void> {
  const descriptor = openSync(folder, 'r');
  try {
    await sync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Makes a folder with those above it; the first one that it had to make. */
async function makeFolder(folder: string): Promise<string | undefined> {
  try {
    return await mkdir(folder, { recursive: true });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    // What `recursive` makes of any refusal on a read-only disk; without it the topmost folder tells what is the matter.
    let missing = folder;
    while (!existsSync(path.dirname(missing))) missing = path.dirname(missing);
    await mkdir(missing).catch((reason: unknown) => {
      // Another writer may have made it meanwhile.
      if (codeOf(reason) !== 'EEXIST') throw reason;
    });
    await mkdir(folder, { recursive: true });
    return missing;
  }
}

/** Opens a new file for writing, in a folder that is made if need be, with every new folder's own entry on disk. */
async function openNew(file: string): Promise<number> {
  try {
    return openSync(file, 'wx');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const folder = path.dirname(file);
  const first = await makeFolder(folder);
  if (first !== undefined) {
    for (let made = folder; made.length >= first.length; made = path.dirname(made)) {
      await syncFolder(path.dirname(made));
    }
  }
  return openSync(file, 'wx');
}

/** Writes the bytes beside `target`, lets `place` bring them there, and makes the folder's entry durable. */
async function placeWhole<T>(target: string, bytes: Uint8Array, place: (aside: string) => T): Promise<T> {
  const aside = `${target}.${process.pid}.${randomBytes(6).toString('hex')}${asideEnding}`;
  const descriptor = await openNew(aside);
  try {
    try {
      if (bytes.length <= smallBytes) writeFileSync(descriptor, bytes);
      else await write(descriptor, bytes);
      await sync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    const placed = place(aside);
    await syncFolder(path.dirname(target));
    return placed;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Writes a whole file durably: aside, fsync, rename, fsync of the folder. Throws a `store.*` fault. */
export async function writeWhole(target: string, bytes: Uint8Array): Promise<void> {
  try {
    await placeWhole(target, bytes, (aside) => renameSync(aside, target));
  } catch (error) {
    throw storeFault(error, `writing ${target}`);
  }
}

/** Creates a whole file durably unless it exists: true if this call made it, false if another had. */
export async function createWhole(target: string, bytes: Uint8Array): Promise<boolean> {
  try {
    return await placeWhole(target, bytes, (aside) => {
      try {
        linkSync(aside, target);
        return true;
      } catch (error) {
        if (codeOf(error) === 'EEXIST') return false;
        throw error;
      }
    });
  } catch (error) {
    throw storeFault(error, `creating ${target}`);
  }
}

/** Names in a folder, sorted, without what a write aside left behind; none if there is no such folder. */
export async function listWhole(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.endsWith(asideEnding)).sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw storeFault(error, `listing ${folder}`);
  }
}

/** The file's bytes, or null if there is none. */
export async function readIfThere(target: string): Promise<Buffer | null> {
  try {
    return await readFile(target);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw storeFault(error, `reading ${target}`);
  }
}

/**
 * Sets a file's time to now, fetching it back first if it has been put `aside`; false if it is in neither place. The time
 * of somebody else's file can't be set: then false as well, so that it is written anew.
 */
export function renewIfThere(target: string, aside: string): boolean {
  // Whoever put it aside may bring it back meanwhile: hence the last look.
  const fetches = [() => undefined, () => renameSync(aside, target), () => undefined];
  for (const fetch of fetches) {
    try {
      fetch();
      const now = new Date();
      utimesSync(target, now, now);
      return true;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EPERM') return false;
      if (code !== 'ENOENT') throw storeFault(error, `renewing ${target}`);
    }
  }
  return false;
}
