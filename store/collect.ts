import { lstatSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { ArtifactRef } from '../records/artifact';
import type { ArtifactStore } from './artifact-store';
import { codeOf, storeFault } from './durable-files';
import { runOfName, takeInventory, type Inventory, type StoredFile } from './inventory';
import { condemnedFile } from './places';
import { mentionedByName, reachableFrom, readMentions } from './reach';

/** What a collection takes, and what it must leave. */
export interface CollectOptions {
  /** Files changed at this time (ms since the epoch) or later stay: what refers to them may not be written yet. */
  olderThanMs: number;
  /** A run whose objects go, and what it alone needs with them; null: none. */
  forget: string | null;
  /** What is referred to outside of the store, as in histories; asked for after the store was looked through. */
  outside: () => Promise<Iterable<ArtifactRef>>;
  /** Whether a process of this machine runs that may still put a leftover in its place. */
  isRunning: (pid: number) => boolean;
  /** Says what would go, and takes nothing. */
  dryRun: boolean;
}

interface Taken {
  files: number;
  bytes: number;
  diskBytes: number;
}
/** What went, or would go, by what it was; `kept` is what stays only because it is too young. */
export type Collected = Record<'artifacts' | 'leftovers' | 'named' | 'kept', Taken>;

/**
 * Takes away what nothing refers to. Safe beside runs that start or write meanwhile: what they write is young, and so is
 * what they store again; an artifact is put aside first and brought back by whoever asks for it, or when it turns out to
 * have become young. One collection at a time.
 *
 * @throws a `store.*` fault, with everything that was put aside brought back
 */
export async function collect(store: ArtifactStore, options: CollectOptions): Promise<Collected> {
  const { olderThanMs, forget, dryRun } = options;
  const { root } = store;
  const inventory = await takeInventory(root);
  const collected: Collected = { artifacts: none(), leftovers: none(), named: none(), kept: none() };
  const absolute = ({ name }: StoredFile): string => path.join(root, name);
  // A collection that was cut short has decided nothing.
  if (!dryRun) for (const file of inventory.condemned.values()) bringBack(absolute(file).replace(/\.condemned$/, ''));

  for (const [name, file] of inventory.named) {
    if (forget === null || runOfName(name) !== forget) continue;
    if (dryRun || removed(absolute(file))) add(collected.named, file);
  }
  for (const file of inventory.leftovers) {
    if (file.modifiedMs >= olderThanMs || options.isRunning(file.pid)) add(collected.kept, file);
    else if (dryRun || removed(absolute(file))) add(collected.leftovers, file);
  }
  const live = await liveArtifacts(store, forget, await options.outside());
  for (const [ref, file] of inventory.artifacts) {
    if (live.has(ref)) continue;
    if (file.modifiedMs >= olderThanMs) add(collected.kept, file);
    else if (dryRun || condemn(absolute(file), olderThanMs)) add(collected.artifacts, file);
  }
  return collected;
}

/** What named objects, and what is outside, need, directly or through other artifacts. */
async function liveArtifacts(
  store: ArtifactStore,
  forget: string | null,
  outside: Iterable<ArtifactRef>,
): Promise<Set<ArtifactRef>> {
  const roots = new Set(outside);
  // Looked through anew: some may have been written since.
  const { named }: Inventory = await takeInventory(store.root);
  for (const name of named.keys()) {
    if (forget !== null && runOfName(name) === forget) continue;
    for (const ref of await mentionedByName(store, name)) roots.add(ref);
  }
  return reachableFrom(roots, readMentions(store));
}

/** Takes an artifact away unless it has become young since it was looked at; whether it is gone. */
function condemn(file: string, olderThanMs: number): boolean {
  const aside = condemnedFile(file);
  try {
    renameSync(file, aside);
    if (lstatSync(aside).mtimeMs < olderThanMs) {
      rmSync(aside);
      return true;
    }
    renameSync(aside, file);
  } catch (error) {
    // It was brought back by whoever wanted it.
    if (codeOf(error) !== 'ENOENT') throw storeFault(error, `collecting ${file}`);
  }
  return false;
}

function bringBack(file: string): void {
  try {
    renameSync(condemnedFile(file), file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw storeFault(error, `bringing back ${file}`);
  }
}

function removed(file: string): boolean {
  try {
    rmSync(file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw storeFault(error, `removing ${file}`);
  }
}

const none = (): Taken => ({ files: 0, bytes: 0, diskBytes: 0 });

function add(taken: Taken, { bytes, diskBytes }: StoredFile): void {
  taken.files += 1;
  taken.bytes += bytes;
  taken.diskBytes += diskBytes;
}
