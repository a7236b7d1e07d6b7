import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { ArtifactRef } from '../records/artifact';
import { codeOf, storeFault, writerOfAside } from './durable-files';
import { fileOfName } from './places';

/** A file of the store; `diskBytes` is what its blocks take, `name` its path below the store's root, with slashes. */
export interface StoredFile {
  name: string;
  bytes: number;
  diskBytes: number;
  modifiedMs: number;
}

/** A file that a write left behind, or has not put in its place yet; `pid` is the process that made it. */
export type Leftover = StoredFile & { pid: number };

/**
 * All files of a store by what they are. `strays` belong to none of it, as what its workers say of themselves: nobody
 * touches them.
 */
export interface Inventory {
  artifacts: Map<ArtifactRef, StoredFile>;
  /** By name, as `journal/my-run/…`. */
  named: Map<string, StoredFile>;
  leftovers: Leftover[];
  /** Artifacts that a collection had set aside when it was cut short. */
  condemned: Map<ArtifactRef, StoredFile>;
  strays: StoredFile[];
}

const digest = /^sha256\/([0-9a-f]{2})\/(\1[0-9a-f]{62})(\.condemned)?$/;

/** Looks at every file of the store in `root`; what goes away meanwhile is passed over. */
export async function takeInventory(root: string): Promise<Inventory> {
  const found: Inventory = {
    artifacts: new Map(),
    named: new Map(),
    leftovers: [],
    condemned: new Map(),
    strays: [],
  };
  for await (const file of filesBelow(root, '')) {
    const { name } = file;
    const pid = writerOfAside(name);
    const artifact = digest.exec(name);
    if (pid !== null) found.leftovers.push({ ...file, pid });
    else if (artifact) found[artifact[3] ? 'condemned' : 'artifacts'].set(`sha256:${artifact[2]}`, file);
    else if (name.startsWith('named/')) found.named.set(name.slice('named/'.length), file);
    else if (name !== 'store-id') found.strays.push(file);
  }
  return found;
}

/** Kinds of named objects that belong to runs: the first part of their names, the run being the second. */
const runKinds = ['journal', 'runs', 'histories', 'deaths', 'quarantine'] as const;
export type RunKind = (typeof runKinds)[number];

/** What kinds of named objects the store in `root` has of a run; no other folder is looked at. */
export async function kindsOfRun(root: string, run: string): Promise<RunKind[]> {
  const found: RunKind[] = [];
  for (const kind of runKinds) {
    const folder = fileOfName(root, `${kind}/${kind === 'histories' ? encodeURIComponent(run) : run}`);
    // A run that was forgotten leaves empty folders.
    for await (const { name } of filesBelow(root, path.relative(root, folder))) {
      if (writerOfAside(name) !== null) continue;
      found.push(kind);
      break;
    }
  }
  return found;
}

/** The run that a named object belongs to; null for what belongs to none. */
export function runOfName(name: string): string | null {
  const [first, run] = name.split('/');
  const kind = runKinds.find((known) => known === first);
  if (kind === undefined || run === undefined || run === '') return null;
  return kind === 'histories' ? decodeURIComponent(run) : run;
}

async function* filesBelow(root: string, folder: string): AsyncGenerator<StoredFile> {
  for (const entry of await entriesOf(path.join(root, folder))) {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      yield* filesBelow(root, name);
    } else if (entry.isFile()) {
      const file = await look(path.join(root, name));
      if (file !== null) yield { name, ...file };
    }
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw storeFault(error, `listing ${folder}`);
  }
}

async function look(file: string): Promise<Omit<StoredFile, 'name'> | null> {
  try {
    const { size, blocks, mtimeMs } = await lstat(file);
    return { bytes: size, diskBytes: blocks * 512, modifiedMs: mtimeMs };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw storeFault(error, `looking at ${file}`);
  }
}
