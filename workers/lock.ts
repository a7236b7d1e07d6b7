import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identify, isAlive, ProcessIdentity } from './process-identity';
import { namingFile } from './state-file';

const released = 'released\n';

/**
 * Runs `work` while no other process holds the lock `folder`. A holder that died is replaced. Claims are numbered files,
 * created if absent, and the highest one holds: so two processes that see the same dead holder can't both take over.
 *
 * @param onWait called once with the holder's pid when somebody else holds it
 */
export async function withLock<T>(folder: string, work: () => Promise<T>, onWait?: (pid: number) => void): Promise<T> {
  await mkdir(folder, { recursive: true });
  const mine = await acquire(folder, onWait);
  try {
    await clearBelow(folder, mine);
    return await work();
  } finally {
    const aside = join(folder, `.released-${process.pid}-${mine}`);
    await namingFile(aside, () => writeFile(aside, released));
    await rename(aside, join(folder, `claim-${mine}`));
  }
}

async function acquire(folder: string, onWait?: (pid: number) => void): Promise<number> {
  const me = `${JSON.stringify(identify(process.pid))}\n`;
  let announced = false;
  for (;;) {
    const highest = await highestClaim(folder);
    const holder = highest === 0 ? null : await holderOf(join(folder, `claim-${highest}`));
    if (holder === null || !isAlive(holder)) {
      if (await claim(folder, highest + 1, me)) return highest + 1;
      continue;
    }
    if (!announced) onWait?.(holder.pid);
    announced = true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function claim(folder: string, number: number, text: string): Promise<boolean> {
  const path = join(folder, `claim-${number}`);
  let file: FileHandle;
  try {
    file = await open(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    await namingFile(path, () => file.writeFile(text));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  // A claimant that slept since it looked may have made a number that was cleared long ago.
  if ((await highestClaim(folder)) === number) return true;
  await rm(path, { force: true });
  return false;
}

async function highestClaim(folder: string): Promise<number> {
  return Math.max(0, ...(await claims(folder)));
}

async function claims(folder: string): Promise<number[]> {
  return (await readdir(folder)).flatMap((name) => {
    const match = /^claim-(\d+)$/.exec(name);
    return match ? [Number(match[1])] : [];
  });
}

/** null: released, or its file was being cleared. A claim still being written counts as held. */
async function holderOf(path: string): Promise<ProcessIdentity | null> {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      const text = await readFile(path, 'utf8');
      if (text === released) return null;
      if (text.endsWith('\n')) return ProcessIdentity.parse(JSON.parse(text));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return null;
}

async function clearBelow(folder: string, number: number): Promise<void> {
  for (const other of await claims(folder)) {
    if (other < number) await rm(join(folder, `claim-${other}`), { force: true });
  }
}
