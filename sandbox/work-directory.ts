import * as fs from 'node:fs';
import * as path from 'node:path';
import { SandboxFault } from './errors';
import { isTooLong, removeDeep, removeUnnameable } from './raw-paths';

/** Deeper than this nothing useful lies. */
const maxDepth = 48;

interface Owner {
  uid: number;
  gid: number;
}

/**
 * Checks that a work directory is real, and holds files and directories only, before untrusted code gets it.
 * @returns its path without symlinks, and its owner
 * @throws SandboxFault 'work-dir' naming the first entry that isn't a plain file or directory
 */
export function checkWorkDir(workDir: string): Owner & { realPath: string } {
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
    const named = !file.includes('\ufffd') || fs.existsSync(file);
    if ((!entry.isFile() && !entry.isDirectory()) || !named || isTooLong(file)) {
      let what = entry.isSymbolicLink() ? 'a symlink' : 'neither a file nor a directory';
      if (!named) what = 'a name that is not UTF-8';
      if (isTooLong(file)) what = 'nested too deep';
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
 * Takes away what the host must not meet: symlinks, sockets, pipes, devices, set-id bits, unreadable directories,
 * names that aren't UTF-8, and nesting too deep for a path. Only after every process of the run has ended. Entries get `owner` if given.
 */
function sweepWorkDir(directory: string, owner?: Owner): void {
  own(directory, owner);
  fs.chmodSync(directory, (fs.lstatSync(directory).mode & 0o777) | 0o700);
  removeUnnameable(directory, directory);
  walk(directory, (file, entry, depth) => {
    if (entry.isDirectory() && depth < maxDepth && !isTooLong(file)) {
      own(file, owner);
      const mode = fs.lstatSync(file).mode;
      if ((mode & 0o7700) !== 0o700) fs.chmodSync(file, (mode & 0o777) | 0o700);
      removeUnnameable(file, directory);
      return true;
    }
    if (entry.isFile()) {
      own(file, owner);
      const mode = fs.lstatSync(file).mode;
      if ((mode & 0o7000) !== 0 || (mode & 0o600) !== 0o600) fs.chmodSync(file, (mode & 0o777) | 0o600);
      return false;
    }
    removeDeep(file, directory);
    return false;
  });
}

/**
 * Lets untrusted code have a directory that checkWorkDir has passed while `work` runs, and sweeps it afterwards.
 * @param users `to`: who gets all entries meanwhile; nobody if undefined
 */
export async function lendWorkDir<T>(
  directory: string,
  { to, owner }: { to?: Owner | undefined; owner: Owner },
  work: () => Promise<T>,
): Promise<T> {
  const sweep = (): void => sweepWorkDir(directory, to && owner);
  try {
    if (to) giveWorkDir(directory, to);
    const result = await work();
    sweep();
    return result;
  } catch (error) {
    // While a process lives it could swap a directory for a symlink under the sweeper's hands.
    if (!(error instanceof SandboxFault && error.kind === 'survivor')) sweep();
    throw error;
  }
}

/** Gives every entry to another user. */
function giveWorkDir(directory: string, owner: Owner): void {
  own(directory, owner);
  walk(directory, (file) => own(file, owner));
}

function own(file: string, owner: Owner | undefined): void {
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
