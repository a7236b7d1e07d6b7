import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, realpath, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { FileEntry } from '../records/artifact';
import { SkillError } from './finding';
import { parseSkill, type LoadMode, type Skill } from './parse';

/** A skill folder's files without loss, sorted by path (code units). Empty folders are no part of it. */
export interface SkillPackage {
  files: FileEntry[];
}

/** What a folder may hold to be taken for a skill; bytes where it says so. */
export interface PackageLimits {
  files: number;
  fileBytes: number;
  totalBytes: number;
  depth: number;
}

export const packageLimits: PackageLimits = {
  files: 1000,
  fileBytes: 8 * 1024 * 1024,
  totalBytes: 32 * 1024 * 1024,
  depth: 12,
};

/**
 * Reads a skill folder and its SKILL.md.
 *
 * @throws SkillError that names folder, file, field and what to do.
 */
export async function loadSkill(dir: string, mode: LoadMode = 'strict'): Promise<{ files: FileEntry[]; skill: Skill }> {
  const { files } = await readPackage(dir);
  return { files, skill: parseSkill(files, basename(resolve(dir)), mode) };
}

/**
 * Reads every file below `dir`, byte for byte with its permission bits. A symbolic link to a file inside the folder is
 * read as that file; one that leaves it, one to a folder, and anything that is no file are refused.
 *
 * @throws SkillError naming the file, the limit, and what to do.
 */
export async function readPackage(dir: string, limits: PackageLimits = packageLimits): Promise<SkillPackage> {
  const root = await realRoot(dir);
  const files: FileEntry[] = [];
  let total = 0;
  const visit = async (folder: string, depth: number): Promise<void> => {
    if (depth > limits.depth)
      throw refusal(dir, nameIn(root, folder), `deeper than ${limits.depth} folders`, 'flatten the folder');
    const names = await readdir(folder).catch((error: unknown) => {
      throw refusal(dir, nameIn(root, folder), `can't be read: ${codeOf(error)}`, 'make the folder readable');
    });
    for (const name of names.sort()) {
      const path = join(folder, name);
      const status = await lstat(path);
      if (status.isDirectory()) {
        await visit(path, depth + 1);
        continue;
      }
      const target = status.isSymbolicLink() ? await linkTarget(dir, root, path) : path;
      if (files.length >= limits.files)
        throw refusal(
          dir,
          'folder',
          `more than ${limits.files} files`,
          'is this the skill folder? Move what is not part of the skill elsewhere',
        );
      const entry = await readEntry(dir, nameIn(root, path), target, limits.fileBytes);
      total += entry.bytes.length;
      if (total > limits.totalBytes)
        throw refusal(
          dir,
          'folder',
          `more than ${limits.totalBytes} bytes in all`,
          'move what is not part of the skill elsewhere',
        );
      files.push(entry);
    }
  };
  await visit(root, 0);
  return { files: sortFiles(files) };
}

/**
 * Writes a package as a folder: aside first, then renamed, so that nothing half-written is ever seen under `dir`.
 *
 * @param mode `strict`: only what the specification allows, named as the folder; `lenient`: what can be loaded at all,
 *   for a package that came with breaches and goes back with them.
 * @throws SkillError when the package is not fit, `dir` exists and is not an empty folder, or a path would leave it.
 */
export async function writePackage(dir: string, { files }: SkillPackage, mode: LoadMode): Promise<void> {
  const target = resolve(dir);
  parseSkill(files, basename(target), mode);
  for (const { path } of files) checkPath(dir, path);
  const existing = await readdir(target).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw refusal(dir, 'folder', `can't be written: ${codeOf(error)}`, 'choose a new or empty folder');
  });
  if (existing !== null && existing.length > 0)
    throw refusal(dir, 'folder', 'not empty', 'choose a new or empty folder');
  const aside = join(dirname(target), `.${basename(target)}.${randomUUID()}.partial`);
  try {
    await mkdir(aside, { recursive: true });
    for (const file of files) {
      const path = join(aside, ...file.path.split('/'));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, file.bytes, { flag: 'wx' });
      await chmod(path, file.mode & 0o777);
    }
    if (existing !== null) await rmdir(target);
    await rename(aside, target);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw refusal(
      dir,
      'folder',
      `can't be written: ${error instanceof Error ? error.message : String(error)}`,
      'check space and permissions, then try again',
    );
  }
}

/** The files in the order of a package: by path, code unit by code unit, wherever it runs. */
export function sortFiles(files: readonly FileEntry[]): FileEntry[] {
  return [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function realRoot(dir: string): Promise<string> {
  try {
    const root = await realpath(dir);
    if ((await lstat(root)).isDirectory()) return root;
  } catch (error) {
    throw refusal(
      dir,
      'folder',
      codeOf(error) === 'ENOENT' ? 'does not exist' : `can't be read: ${codeOf(error)}`,
      'give the path of a skill folder that holds a SKILL.md',
    );
  }
  throw refusal(dir, 'folder', 'is not a folder', 'give the folder that holds the SKILL.md');
}

async function linkTarget(dir: string, root: string, path: string): Promise<string> {
  const name = nameIn(root, path);
  const target = await realpath(path).catch(() => null);
  if (target === null)
    throw refusal(dir, name, 'a symbolic link that leads nowhere', 'remove it or replace it by the file');
  if (!target.startsWith(root + sep))
    throw refusal(dir, name, 'a symbolic link that leaves the skill folder', 'replace it by a copy of the file');
  return target;
}

async function readEntry(dir: string, name: string, path: string, limit: number): Promise<FileEntry> {
  checkPath(dir, name);
  // O_NONBLOCK: opening a pipe must not hang; O_NOFOLLOW: what was a file a moment ago may be a link by now.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch((error: unknown) => {
    throw refusal(dir, name, `can't be read: ${codeOf(error)}`, 'make it a readable file or remove it');
  });
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw refusal(dir, name, 'not a file', 'remove it; a skill holds files and folders only');
    if (status.size > limit)
      throw refusal(dir, name, `${status.size} bytes, at most ${limit} are read`, 'shrink it or move it elsewhere');
    return { path: name, mode: status.mode & 0o777, bytes: new Uint8Array(await handle.readFile()) };
  } finally {
    await handle.close();
  }
}

function checkPath(dir: string, path: string): void {
  const bad = path.split('/').some((part) => part === '' || part === '.' || part === '..');
  if (bad || /[\\\0\uFFFD]/.test(path) || /^[a-zA-Z]:/.test(path)) {
    throw refusal(
      dir,
      JSON.stringify(path),
      'not a plain relative path',
      'rename the file: no "..", backslash or drive',
    );
  }
}

function nameIn(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
}

function refusal(dir: string, file: string, problem: string, fix: string): SkillError {
  return new SkillError(`skill folder ${dir}`, [{ severity: 'fatal', file, field: 'file', problem, fix }]);
}
