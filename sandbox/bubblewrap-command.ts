import * as fs from 'node:fs';
import type { SandboxLimits } from '../records/run-config';
import { insideNode, insidePreload, type BubblewrapPrograms } from './bubblewrap-programs';
import { firstFile, statusFile } from './confinement';

/** The machine's programs and libraries; in most systems now all but the first are links into it. */
const systemFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
/** All that programs need of the machine's settings: where the linker and alternatives find things. */
const settings = ['/etc/ld.so.cache', '/etc/alternatives'];

/** Made before what lies in them: bubblewrap gives the folders that it makes by itself to their owner alone. */
const folders = ['/etc', '/opt', '/opt/skillgrad', '/node_modules', '/node_modules/exceljs'];

export interface BubblewrapRun {
  programs: BubblewrapPrograms;
  /** Path of the work directory, and of the program in it. */
  workDir: string;
  program: string;
  /** Host paths that are shown to Node. */
  exceljs: string;
  preload: string;
  /** User that the code becomes; null: a user namespace, in which the caller's own user has no rights. */
  user: number | null;
  /** Tasks that user may have; null: a control group counts them. */
  tasks: number | null;
  limits: SandboxLimits;
}

/** The command line of one run: namespaces, what is seen of the machine, and the chain of programs down to the code. */
export function bubblewrapCommand(run: BubblewrapRun): string[] {
  const { programs, workDir, program, limits, user } = run;
  const tmpfs = ['--size', String(limits.tmpBytes), '--perms', '1777', '--tmpfs'];
  const interpreter = programs.interpreters[program.slice(program.lastIndexOf('.'))] ?? [];
  return [
    programs.bwrap,
    ...namespaces(user),
    ...['--die-with-parent', '--new-session', '--hostname', 'sandbox'],
    ...['--json-status-fd', String(statusFile), '--seccomp', String(firstFile)],
    '--clearenv',
    ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...systemFolders.flatMap(show),
    ...folders.flatMap((folder) => ['--perms', '0755', '--dir', folder]),
    ...settings.flatMap((file) => ['--ro-bind-try', file, file]),
    ...['--ro-bind', process.execPath, insideNode],
    ...['--ro-bind', run.preload, insidePreload],
    // Found from /work as any installed package would be.
    ...['--ro-bind', run.exceljs, '/node_modules/exceljs/index.js'],
    ...['--proc', '/proc', '--dev', '/dev'],
    ...[...tmpfs, '/dev/shm', ...tmpfs, '/tmp'],
    ...['--bind', workDir, '/work', '--chdir', '/work'],
    // What bubblewrap made to hold all this lies in memory too: nothing can be put there.
    ...['--remount-ro', '/dev', '--remount-ro', '/'],
    '--',
    ...(user === null ? [] : becomeUser(programs.setpriv, user)),
    ...(run.tasks === null ? [] : [programs.prlimit, `--nproc=${run.tasks}:${run.tasks}`]),
    ...interpreter,
    program,
  ];
}

const environment = {
  PATH: '/opt/skillgrad:/usr/local/bin:/usr/bin:/bin',
  HOME: '/work',
  TMPDIR: '/tmp',
  TZ: 'UTC',
  LANG: 'C.UTF-8',
  NO_COLOR: '1',
  // Compiled Python would be left behind in the work directory.
  PYTHONDONTWRITEBYTECODE: '1',
  // Iteration over sets of strings must not differ between equal runs.
  PYTHONHASHSEED: '0',
};

function namespaces(user: number | null): string[] {
  if (user === null) {
    const ids = ['--uid', '1000', '--gid', '1000'];
    return ['--unshare-all', '--unshare-user', '--disable-userns', ...ids, '--cap-drop', 'ALL'];
  }
  // Root needs no user namespace to make the others, and becomes a real unprivileged user inside them; until then it
  // keeps just what that takes, and the right to enter a work directory that is already that user's.
  const all = ['ipc', 'pid', 'net', 'uts', 'cgroup-try'].map((name) => `--unshare-${name}`);
  const kept = ['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP', 'CAP_DAC_READ_SEARCH'];
  return [...all, '--cap-drop', 'ALL', ...kept.flatMap((name) => ['--cap-add', name])];
}

function becomeUser(setpriv: string, user: number): string[] {
  const none = ['--clear-groups', '--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all'];
  return [setpriv, `--reuid=${user}`, `--regid=${user}`, ...none];
}

function show(folder: string): string[] {
  const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  return stat.isSymbolicLink() ? ['--symlink', fs.readlinkSync(folder), folder] : ['--ro-bind', folder, folder];
}
