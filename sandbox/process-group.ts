import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { SandboxLimits } from '../records/run-config';
import type { ProcessGroup } from './confinement';

const root = '/sys/fs/cgroup';
/** Names carry the process that made them, so that what a killed one left can be told from what is in use. */
const prefix = 'skillgrad-';

/** Directories in which control groups can be made; for version 2 one directory is both. */
export interface GroupParents {
  version: 1 | 2;
  memory: string;
  pids: string;
}

/** Where this process may make control groups for memory and tasks; null where it may not, or there are none. */
export function groupParents(): GroupParents | null {
  for (const parents of candidates()) {
    removeAbandoned(parents);
    const group = tryGroup(parents, { memory: 1024 ** 3, tasks: 64 });
    if (group === null) continue;
    group.remove();
    return parents;
  }
  return null;
}

/**
 * Makes a control group. Memory is refused beyond what a run may hold privately, plus both of its memory file systems
 * full; private memory alone is measured by `memoryBytes`.
 * @param ownTasks tasks of the sandbox itself
 * @throws Error of node:fs when the system refuses what it allowed before
 */
export function createGroup(parents: GroupParents, limits: SandboxLimits, ownTasks: number): ProcessGroup {
  const memory = limits.memoryBytes + 2 * limits.tmpBytes;
  return makeGroup(parents, { memory, tasks: limits.processes + ownTasks });
}

function tryGroup(parents: GroupParents, sizes: { memory: number; tasks: number }): ProcessGroup | null {
  try {
    return makeGroup(parents, sizes);
  } catch {
    // Not ours to make, read-only, or without these controllers: the caller does without.
    return null;
  }
}

function makeGroup({ version, memory, pids }: GroupParents, sizes: { memory: number; tasks: number }): ProcessGroup {
  // A later process may have the number of one that left groups behind.
  const name = `${prefix}${process.pid}-${randomBytes(6).toString('hex')}`;
  const memoryDir = path.join(memory, name);
  const pidsDir = path.join(pids, name);
  const directories = [...new Set([memoryDir, pidsDir])];
  const remove = (): void => directories.forEach(removeGroup);
  try {
    for (const directory of directories) fs.mkdirSync(directory);
    fs.writeFileSync(path.join(pidsDir, 'pids.max'), String(sizes.tasks));
    fs.writeFileSync(
      path.join(memoryDir, version === 2 ? 'memory.max' : 'memory.limit_in_bytes'),
      String(sizes.memory),
    );
    // Without swap accounting the file isn't there, and swapped memory isn't limited.
    const swap = path.join(memoryDir, version === 2 ? 'memory.swap.max' : 'memory.memsw.limit_in_bytes');
    if (fs.existsSync(swap)) fs.writeFileSync(swap, version === 2 ? '0' : String(sizes.memory));
    if (version === 2) fs.writeFileSync(path.join(memoryDir, 'memory.oom.group'), '1');
  } catch (error) {
    remove();
    throw error;
  }
  const read = (file: string): string => fs.readFileSync(path.join(memoryDir, file), 'latin1');
  return {
    entries: directories.map((directory) => path.join(directory, 'cgroup.procs')),
    memoryBytes: () => field(read('memory.stat'), version === 2 ? 'anon' : 'total_rss'),
    pids: () => read('cgroup.procs').split('\n').filter(Boolean).map(Number),
    outOfMemory: () => field(read(version === 2 ? 'memory.events' : 'memory.oom_control'), 'oom_kill') > 0,
    remove,
  };
}

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

function candidates(): GroupParents[] {
  const lines = readIfThere('/proc/self/cgroup').split('\n');
  if (fs.existsSync(path.join(root, 'cgroup.controllers'))) {
    const own = lines.find((line) => line.startsWith('0::'))?.slice(3) ?? '/';
    // A group that holds processes, as our own does, has no children with limits, but may have siblings with them.
    return [...new Set([own, path.dirname(own)])]
      .map((group) => path.join(root, group))
      .filter((directory) => {
        const controllers = readIfThere(path.join(directory, 'cgroup.subtree_control')).trim().split(' ');
        return controllers.includes('memory') && controllers.includes('pids');
      })
      .map((directory) => ({ version: 2, memory: directory, pids: directory }));
  }
  const versionOne = (controller: string): string => {
    const own = lines.find((line) => line.split(':')[1] === controller)?.split(':')[2] ?? '/';
    const directory = path.join(root, controller, own);
    // In a container the path may be the host's; what is mounted is then our own group.
    return fs.existsSync(directory) ? directory : path.join(root, controller);
  };
  return [{ version: 1, memory: versionOne('memory'), pids: versionOne('pids') }];
}

function readIfThere(file: string): string {
  return fs.existsSync(file) ? fs.readFileSync(file, 'latin1') : '';
}

/** Groups of processes that were killed before they could remove them. */
function removeAbandoned({ memory, pids }: GroupParents): void {
  for (const parent of new Set([memory, pids])) {
    if (!fs.existsSync(parent)) continue;
    for (const name of fs.readdirSync(parent)) {
      const maker = /^skillgrad-(\d+)-[0-9a-f]+$/.exec(name)?.[1];
      if (maker !== undefined && !fs.existsSync(`/proc/${maker}`)) removeGroup(path.join(parent, name));
    }
  }
}

function removeGroup(directory: string): void {
  try {
    fs.rmdirSync(directory);
  } catch {
    // It was never made, or a process is just being taken out of it: an empty group costs nothing, and the next
    // process to open a sandbox takes it away.
  }
}
