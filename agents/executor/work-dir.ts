import { constants } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FileEntry, TreeEntry } from '../../records/artifact';
import type { ArtifactStore } from '../../store/artifact-store';
import { codeOf, storeFault } from '../../store/durable-files';
import { ToolError } from '../tool';

/** The folder that one attempt of a rollout owns; host-side access never follows a symlink. */
export interface WorkDir {
  readonly root: string;
  /** Every regular file below the root, sorted by path; links and special files are left out. */
  list(): Promise<string[]>;
  /** Throws ToolError for a path outside, a link, or no such file; a `store.*` fault when the disk fails. */
  read(relative: string): Promise<Buffer>;
  write(relative: string, bytes: Uint8Array): Promise<void>;
  /**
   * Stores the content as a tree artifact; an empty folder is an entry whose path ends in a slash. While nothing has
   * changed, the last one is given again.
   */
  snapshot(): Promise<string>;
  /** To be called before code that may change files runs in it. */
  changes(): void;
  remove(): Promise<void>;
}

function inside(root: string, relative: string): string {
  const full = path.resolve(root, relative);
  if (full !== root && !full.startsWith(root + path.sep))
    throw new ToolError(`${relative} is outside the work directory`);
  return full;
}

const causedByModel = [
  'ENOTDIR',
  'EISDIR',
  'EEXIST',
  'ELOOP',
  'ENAMETOOLONG',
  'ENXIO',
  'EINVAL',
  'ERR_INVALID_ARG_VALUE',
];

/** An error that the model caused (no such file, a folder in place of a file) as one for it; else the fault or defect. */
function forModel(error: unknown, relative: string, doing: string): unknown {
  const code = codeOf(error);
  if (code === 'ENOENT') return new ToolError(`there is no file ${relative}`);
  if (code !== null && causedByModel.includes(code)) return new ToolError(`${relative} can't be ${doing}: ${code}`);
  return storeFault(error, `the work directory's ${relative} can't be ${doing}`);
}

/** Refuses a path any part of which is a link, so that planted links lead nowhere. */
async function refuseLinks(root: string, full: string, relative: string): Promise<void> {
  let at = root;
  for (const part of path.relative(root, full).split(path.sep)) {
    at = path.join(at, part);
    try {
      if ((await lstat(at)).isSymbolicLink()) throw new ToolError(`${relative} is a link; links are not followed`);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return;
      throw error instanceof ToolError ? error : forModel(error, relative, 'reached');
    }
  }
}

/** Files, and folders that hold nothing with a slash at the end, sorted. */
async function walk(root: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  const nameOf = (full: string) => path.relative(root, full).split(path.sep).join('/');
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await walk(root, full)));
    else if (entry.isFile()) found.push(nameOf(full));
  }
  if (entries.length === 0 && folder !== root) found.push(`${nameOf(folder)}/`);
  return found.sort();
}

/**
 * Makes a fresh work directory with `files` in it, which are those of the tree artifact `stored` unless that is null.
 * Throws a `store.*` fault when the disk won't take them.
 */
export async function openWorkDir(
  store: ArtifactStore,
  files: readonly FileEntry[],
  stored: string | null,
): Promise<WorkDir> {
  /** The tree artifact that equals the directory; null once that may have changed. */
  let unchanged: string | null = null;
  const root = await mkdtemp(path.join(tmpdir(), 'skillgrad-work-')).catch((error: unknown) => {
    throw storeFault(error, `making a work directory in ${tmpdir()}`);
  });

  async function write(relative: string, bytes: Uint8Array): Promise<void> {
    const full = inside(root, relative);
    await refuseLinks(root, full, relative);
    unchanged = null;
    try {
      await mkdir(path.dirname(full), { recursive: true });
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
      const handle = await open(full, flags, 0o644);
      await handle.writeFile(bytes).finally(() => handle.close());
    } catch (error) {
      throw forModel(error, relative, 'written');
    }
  }

  async function read(relative: string): Promise<Buffer> {
    const full = inside(root, relative);
    await refuseLinks(root, full, relative);
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const handle = await open(full, flags).catch((error: unknown) => {
      throw forModel(error, relative, 'read');
    });
    try {
      if (!(await handle.stat()).isFile()) throw new ToolError(`${relative} is not a regular file`);
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  }

  async function snapshot(): Promise<string> {
    if (unchanged !== null) return unchanged;
    const entries: TreeEntry[] = [];
    // One by one: a work directory may hold more than memory should.
    for (const relative of await walk(root, root)) {
      const { mode } = await lstat(path.join(root, relative));
      const bytes = relative.endsWith('/') ? new Uint8Array() : await read(relative);
      entries.push({ path: relative, mode: mode & 0o777, artifact: await store.putBytes(bytes) });
    }
    unchanged = await store.putJson({ entries });
    return unchanged;
  }

  const remove = () => rm(root, { recursive: true, force: true });
  try {
    for (const file of files) {
      if (file.path.endsWith('/')) await mkdir(path.join(root, file.path), { recursive: true });
      else await write(file.path, file.bytes);
      await chmod(path.join(root, file.path), file.mode & 0o777);
    }
    unchanged = stored;
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    root,
    list: async () => (await walk(root, root)).filter((name) => !name.endsWith('/')),
    read,
    write,
    snapshot,
    changes: () => {
      unchanged = null;
    },
    remove,
  };
}
