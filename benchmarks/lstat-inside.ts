import type { Stats } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { BenchmarkDataError } from './benchmark';

async function absentAsNull(look: Promise<Stats>, file: string): Promise<Stats | null> {
  try {
    return await look;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    const why = error instanceof Error ? error.message : String(error);
    throw new BenchmarkDataError(`${file} can't be looked at: ${why}`, 'make it readable for this user', error);
  }
}

/**
 * What lies at a relative path of a data folder, or null for nothing. The folder itself may be a link; a link inside it,
 * or a path that leads out of it, is refused: data from elsewhere must not bring files of this machine into a run.
 * @throws BenchmarkDataError
 */
export async function lstatInside(dataDir: string, relative: string): Promise<Stats | null> {
  const parts = relative.split('/').filter((part) => part !== '' && part !== '.');
  if (
    path.isAbsolute(relative) ||
    relative.includes('\0') ||
    parts.some((part) => part === '..' || /\\|^\w:/.test(part))
  ) {
    throw new BenchmarkDataError(
      `${JSON.stringify(relative)} leads out of the data folder ${dataDir}`,
      'name a folder below the data folder, with forward slashes and without ..',
    );
  }
  let at = dataDir;
  let found = await absentAsNull(stat(dataDir), dataDir);
  for (const part of parts) {
    at = path.join(at, part);
    found = await absentAsNull(lstat(at), at);
    if (found === null) return null;
    if (found.isSymbolicLink()) {
      throw new BenchmarkDataError(
        `${at} is a symbolic link, which is not followed`,
        'put the file itself in its place',
      );
    }
  }
  return found;
}
