import { lstat, mkdir, mkdtemp, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../terminal/user-error';

/** Whether nothing stands at `folder`. */
export async function isFree(folder: string): Promise<boolean> {
  return (await lstat(folder).catch(absent)) === null;
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

/**
 * Refuses a target that exists and isn't an empty folder.
 *
 * @throws UserError that says what is there
 */
export async function checkTarget(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    const what = error.code === 'ENOTDIR' ? 'is a file' : `cannot be read (${error.code})`;
    throw new UserError(`--out ${folder}: ${what}. Name a new or empty folder.`, 2, { cause: error });
  });
  if (names.length === 0) return;
  throw new UserError(
    `--out ${folder}: the folder is not empty (it holds ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}). ` +
      'Name a new or empty folder.',
    2,
  );
}

/**
 * Makes a folder that `write` fills. It is filled aside and renamed, so that nothing half-written is ever seen there.
 *
 * @returns its absolute path, and what `write` came to
 * @throws UserError when the folder isn't empty; the system's error when it can't be written
 */
export async function writeFolder<T>(
  folder: string,
  write: (aside: string) => Promise<T>,
): Promise<{ target: string; written: T }> {
  const target = resolve(folder);
  await checkTarget(target);
  await mkdir(dirname(target), { recursive: true });
  const aside = await mkdtemp(join(dirname(target), `.${basename(target)}.partial-`));
  try {
    const written = await write(aside);
    await rmdir(target).catch(absent);
    await rename(aside, target);
    return { target, written };
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
}
