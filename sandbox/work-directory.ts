import * as fs from 'node:fs';
import * as path from 'node:path';
import { errorCode, SandboxFault } from './errors';

/** What an entry counts at least: a million empty files fill a disk too. */
const entryBytes = 4096;
/** Deeper than this nothing useful lies, and path names reach the system's limit. */
const maxDepth = 48;

/** Bytes that a tree holds; stops counting above `enoughBytes`. The tree may change meanwhile. */
export function measureDirectory(directory: string, enoughBytes: number): number {
  let total = 0;
  const pending = [directory];
  for (let current = pending.pop(); current !== undefined && total <= enoughBytes; current = pending.pop()) {
    for (const entry of listDirectory(current)) {
      const file = path.join(current, entry.name);
      if (entry.isDirectory()) {
        total += entryBytes;
        if (file.length - directory.length < 3000) pending.push(file);
      } else {
        total += Math.max(entryBytes, fs.lstatSync(file, { throwIfNoEntry: false })?.size ?? 0);
      }
      if (total > enoughBytes) break;
    }
  }
  return total;
}

/**
 * Checks that a work directory is real, and holds files and directories only, before untrusted code gets it.
 * @returns its path without symlinks, and its owner
 * @throws SandboxFault 'work-dir' naming the first entry that isn't a plain file or directory
 */
export function checkWorkDir(workDir: string): { realPath: string; uid: number; gid: number } {
  if (!path.isAbsolute(workDir))
    throw new SandboxFault('work-dir', `Work directory ${workDir}: expected an absolute path`);
  const stat = fs.lstatSync(workDir, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) {
    throw new SandboxFault(
      'work-dir',
      `Work directory ${workDir}: expected a directory, got ${stat ? 'something else' : 'nothing there'}`,
    );
  }
  const realPath = fs.realpathSync(workDir);
  walk(realPath, (file, entry) => {
    if (!entry.isFile() && !entry.isDirectory()) {
      const what = entry.isSymbolicLink() ? 'a symlink' : 'neither a file nor a directory';
      throw new SandboxFault(
        'work-dir',
        `Work directory ${workDir}: ${path.relative(realPath, file)} is ${what}; remove it first`,
      );
    }
  });
  return { realPath, uid: stat.uid, gid: stat.gid };
}

/**
 * The absolute path of a program in a work directory that checkWorkDir has passed.
 * @throws SandboxFault 'work-dir' when it is not there, or of no language in `languages` (extensions)
 */
export function checkProgram(realPath: string, file: string, languages: readonly string[]): string {
  const program = path.resolve(realPath, file);
  if (!program.startsWith(realPath + path.sep) || !fs.lstatSync(program, { throwIfNoEntry: false })?.isFile()) {
    throw new SandboxFault('work-dir', `Program ${file}: expected a file in the work directory, got none there`);
  }
  if (!languages.includes(path.extname(program))) {
    throw new SandboxFault('work-dir', `Program ${file}: expected a name that ends in ${languages.join(', ')}`);
  }
  return program;
}

/**
 * Takes away what the host must not meet: symlinks, sockets, pipes, devices, set-id bits, unreadable directories and
 * nesting too deep for a path. Only after every process of the run has ended. Entries get `owner` if given.
 * @returns paths removed, relative to the directory
 */
export function sweepWorkDir(directory: string, owner?: { uid: number; gid: number }): string[] {
  const removed: string[] = [];
  own(directory, owner);
  fs.chmodSync(directory, (fs.lstatSync(directory).mode & 0o777) | 0o700);
  walk(directory, (file, entry, depth) => {
    if (entry.isDirectory() && depth < maxDepth) {
      own(file, owner);
      const mode = fs.lstatSync(file).mode;
      if ((mode & 0o7700) !== 0o700) fs.chmodSync(file, (mode & 0o777) | 0o700);
      return true;
    }
    if (entry.isFile()) {
      own(file, owner);
      const mode = fs.lstatSync(file).mode;
      if ((mode & 0o7000) !== 0 || (mode & 0o600) !== 0o600) fs.chmodSync(file, (mode & 0o777) | 0o600);
      return false;
    }
    removed.push(path.relative(directory, file));
    if (entry.isDirectory()) removeDeep(file, directory);
    else fs.unlinkSync(file);
    return false;
  });
  return removed;
}

/** Gives every entry to another user; for a tree that checkWorkDir has passed. */
export function giveWorkDir(directory: string, owner: { uid: number; gid: number }): void {
  own(directory, owner);
  walk(directory, (file) => own(file, owner));
}

function own(file: string, owner: { uid: number; gid: number } | undefined): void {
  if (owner) fs.lchownSync(file, owner.uid, owner.gid);
}

function walk(
  directory: string,
  visit: (file: string, entry: fs.Dirent, depth: number) => boolean | void,
  depth = 1,
): void {
  for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
    const file = path.join(directory, entry.name);
    if (visit(file, entry, depth) !== false && entry.isDirectory()) walk(file, visit, depth + 1);
  }
}

/** Removes a tree whose paths may be longer than the system allows, by pulling lower parts up beside `top`. */
function removeDeep(tree: string, top: string): void {
  const pending = [tree];
  let counter = 0;
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    fs.chmodSync(current, 0o700);
    for (const entry of fs.readdirSync(current, { withFileTypes: true })) {
      const file = path.join(current, entry.name);
      if (!entry.isDirectory()) {
        fs.unlinkSync(file);
        continue;
      }
      counter += 1;
      const lifted = path.join(top, `.removed-${process.pid}-${counter}`);
      fs.chmodSync(file, 0o700);
      fs.renameSync(file, lifted);
      pending.push(lifted);
    }
    fs.rmdirSync(current);
  }
}

function listDirectory(directory: string): fs.Dirent[] {
  try {
    return fs.readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    // Gone or closed since it was listed: the tree is alive.
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ENAMETOOLONG'].includes(errorCode(error) ?? '')) return [];
    throw error;
  }
}
