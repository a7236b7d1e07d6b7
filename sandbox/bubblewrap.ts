import * as fs from 'node:fs';
import * as path from 'node:path';
import { bubblewrapCommand } from './bubblewrap-command';
import { findPrograms } from './bubblewrap-programs';
import { requireDiskRoom } from './disk-room';
import { SandboxUnavailableError } from './errors';
import { sandboxLibrary } from './exceljs-bundle';
import { createGroup, groupParents, type GroupParents } from './process-group';
import { toResult } from './result';
import type { Sandbox, SandboxRequest } from './sandbox';
import { seccompProgram } from './seccomp';
import { supervise } from './supervisor';
import { checkProgram, checkWorkDir, lendWorkDir } from './work-directory';

const preload = path.join(__dirname, 'preload.cjs');
/** Lifeline's watcher, and bubblewrap outside and inside. */
const ownTasks = 3;
/** Far from the users of a machine, of its containers (from 100,000 on, 65,536 each) and of systemd (below 2^31). */
const firstUser = 0x5c00_0000;

/** Paths are the machine's no more; this takes the protocol away (`file://`), and names exceljs as Deno's sandbox does. */
const shown = [
  ['/node_modules/exceljs/index.js', 'exceljs'],
  ['/work', '/work'],
] as const;

/**
 * Sandbox of Linux namespaces, a system call filter and, for root, a user of its own: shell, Node, and Python if the
 * machine has it.
 * @param parents where control groups are made; null: none, so that memory is sampled
 * @throws SandboxUnavailableError when bubblewrap or a part that it needs is missing
 */
export async function openBubblewrap(parents: GroupParents | null = groupParents()): Promise<Sandbox> {
  const programs = findPrograms();
  const filter = seccompProgram();
  if (filter === null) {
    const fix = 'Run on x64 or arm64, or use the deno backend.';
    throw new SandboxUnavailableError('bubblewrap', 'seccomp', `there is no filter for ${process.arch}`, fix);
  }
  const { exceljs } = await sandboxLibrary();
  const filterFile = path.join(path.dirname(exceljs), 'seccomp.bpf');
  fs.writeFileSync(filterFile, filter);
  const languages = Object.keys(programs.interpreters);
  const slots = new Set<number>();

  async function run({ workDir, file, limits, signal }: SandboxRequest): Promise<ReturnType<typeof toResult>> {
    const owner = checkWorkDir(workDir);
    const { realPath } = owner;
    const program = path.posix.join('/work', path.relative(realPath, checkProgram(realPath, file, languages)));
    requireDiskRoom(realPath, limits.workDirBytes);
    const slot = freeSlot(slots);
    // The kernel counts a user's tasks over all runs: without a group to count them, each run is a user of its own.
    const user = process.getuid?.() === 0 ? firstUser + (parents ? 0 : 1 + (process.pid % 2 ** 20) * 64 + slot) : null;
    const given = user === null ? undefined : { uid: user, gid: user };
    const filterDescriptor = fs.openSync(filterFile, 'r');
    try {
      const group = parents && createGroup(parents, limits, ownTasks - 1);
      // In a user namespace bubblewrap's inner process counts too.
      const tasks = parents ? null : limits.processes + (user === null ? 1 : 0);
      const command = bubblewrapCommand({
        programs,
        workDir: realPath,
        program,
        exceljs,
        preload,
        user,
        tasks,
        limits,
      });
      const confinement = {
        ...{ command, env: {}, cwd: '/', files: [filterDescriptor], reportsChild: true, ownTasks, group },
        directories: [{ path: realPath, maxBytes: limits.workDirBytes, limit: 'work-dir' as const }],
      };
      try {
        const raw = await lendWorkDir(realPath, { to: given, owner }, () => supervise(confinement, limits, signal));
        const result = toResult(raw, limits, shown);
        if (result.exitCode !== 0) requireDiskRoom(realPath, limits.fileBytes);
        return result;
      } finally {
        group?.remove();
      }
    } finally {
      fs.closeSync(filterDescriptor);
      slots.delete(slot);
    }
  }

  return { backend: 'bubblewrap', languages, run };
}

function freeSlot(slots: Set<number>): number {
  let slot = 0;
  while (slots.has(slot)) slot += 1;
  slots.add(slot);
  return slot;
}
