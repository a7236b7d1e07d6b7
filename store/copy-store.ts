import { constants, copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { ArtifactRef } from '../records/artifact';
import { Fault } from '../records/fault';
import { digestOf } from './artifact-store';
import { createWhole, readIfThere, storeFault } from './durable-files';
import { takeInventory, type StoredFile } from './inventory';
import { problemOfName } from './named-objects';

/** What a copy brought over, what was there already, and what it could not bring because the source has it damaged. */
export interface Copied {
  artifacts: number;
  objects: number;
  bytes: number;
  unchanged: number;
  damaged: string[];
}

/**
 * Brings all that the store in `from` has into the store in `to`, which may be an earlier copy of it, and mends there what
 * is damaged; takes nothing away. Runs may go on meanwhile: an object refers to what was written before it, so the objects
 * are listed first and the artifacts after them, and an object that came while they were listed waits for the next copy.
 * Artifacts are put in place before objects: a copy that is cut short refers to nothing that it lacks.
 *
 * @throws Fault `store.other` where `to` is the copy of another store
 */
export async function copyStore(from: string, to: string): Promise<Copied> {
  await copyIdentity(from, to);
  const beganMs = Date.now();
  const objects = [...(await takeInventory(from)).named].filter(([, file]) => file.modifiedMs <= beganMs);
  const { artifacts } = await takeInventory(from);
  const there = await takeInventory(to);
  const copied: Copied = { artifacts: 0, objects: 0, bytes: 0, unchanged: 0, damaged: [] };

  for (const [ref, file] of artifacts) {
    if (there.artifacts.has(ref) && (await isWhole(path.join(to, file.name), ref))) copied.unchanged += 1;
    else if (await isWhole(path.join(from, file.name), ref)) {
      put(from, to, file);
      copied.artifacts += 1;
      copied.bytes += file.bytes;
    } else copied.damaged.push(`artifact ${ref}`);
  }
  for (const [name, file] of objects) {
    const bytes = await readIfThere(path.join(from, file.name));
    if (bytes === null) continue;
    const before = there.named.has(name) ? await readIfThere(path.join(to, file.name)) : null;
    if (problemOfName(name, bytes) !== null) copied.damaged.push(`object ${name}`);
    else if (before !== null && problemOfName(name, before) === null) copied.unchanged += 1;
    else {
      put(from, to, file);
      copied.objects += 1;
      copied.bytes += file.bytes;
    }
  }
  return copied;
}

/**
 * Makes the store in `to` a copy of the one in `from` by name, before anything is in it.
 *
 * @throws Fault `store.other` where it is the copy of another store already
 */
export async function copyIdentity(from: string, to: string): Promise<void> {
  const [ours, theirs] = await Promise.all([from, to].map((root) => readIfThere(path.join(root, 'store-id'))));
  if (!ours)
    throw new Fault(`${from} is no store: it has no store-id`, {
      ...mistake,
      fix: 'name a folder that `skillgrad store backup` made',
    });
  if (theirs && !theirs.equals(ours)) {
    throw new Fault(
      `${to} is, or is a copy of, another store: ${theirs.toString().trim()}, not ${ours.toString().trim()}`,
      {
        ...mistake,
        fix: 'name another folder',
      },
    );
  }
  if (!theirs) await createWhole(path.join(to, 'store-id'), ours);
}

const mistake = { type: 'store.other', retryable: false };

async function isWhole(file: string, ref: ArtifactRef): Promise<boolean> {
  const bytes = await readIfThere(file);
  return bytes !== null && digestOf(bytes) === ref;
}

/** Brings a file over in one piece. Not synced one by one: a copy is read anew at its end, and can be made again. */
function put(from: string, to: string, { name }: StoredFile): void {
  const target = path.join(to, name);
  const aside = `${target}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    mkdirSync(path.dirname(target), { recursive: true });
    copyFileSync(path.join(from, name), aside, constants.COPYFILE_FICLONE);
    renameSync(aside, target);
  } catch (error) {
    throw storeFault(error, `copying ${name} to ${to}`);
  } finally {
    rmSync(aside, { force: true });
  }
}
