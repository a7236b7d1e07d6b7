import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';

export interface Usage {
  cpuMs: number;
  memoryBytes: number;
  /** Processes and threads, as the kernel counts them (macOS: processes alone). */
  tasks: number;
}

/** A process and all that descends from it, as last seen. */
export interface ProcessTree extends Usage {
  members: ProcessId[];
}

/** A process; numbers are used again, so that only number and start together mean one. */
export interface ProcessId {
  pid: number;
  /** When it started, as the system counts; empty where that isn't known. */
  started: string;
}

const hasProc = fs.existsSync('/proc/thread-self/children');
/** Linux has reported times in hundredths of a second to user space for decades, whatever its own clock. */
const msPerTick = 10;

/** How often sampling is worth its cost: reading /proc is cheap, starting `ps` (macOS) is not. */
export const sampleIntervalMs = hasProc ? 50 : 500;

/** CPU time, memory and number of tasks of `pid` and all that descends from it. Gone: nothing used. */
export function processTree(pid: number): ProcessTree {
  return hasProc ? treeFromProc(pid) : treeFromPs(pid);
}

/** The process that has a number now. */
export function processId(pid: number): ProcessId {
  try {
    return { pid, started: hasProc ? startOf(statFields(pid)) : '' };
  } catch {
    // Ended already: no process will ever have this start.
    return { pid, started: 'never' };
  }
}

/** Whether a process is there and has not ended; one that only waits to be collected has ended. */
export function isAlive({ pid, started }: ProcessId): boolean {
  try {
    if (!hasProc) return process.kill(pid, 0);
    const fields = statFields(pid);
    return fields[0] !== 'Z' && fields[0] !== 'X' && startOf(fields) === started;
  } catch {
    // Nobody of that number.
    return false;
  }
}

/** /proc/PID/stat from its third field on: the second, a name in parentheses, may hold anything. */
function statFields(pid: number): string[] {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Field 22. */
function startOf(fields: readonly string[]): string {
  return fields[19] ?? '';
}

function treeFromProc(root: number): ProcessTree {
  const tree: ProcessTree = { cpuMs: 0, memoryBytes: 0, tasks: 0, members: [] };
  const pending = [root];
  for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
    try {
      const fields = statFields(pid);
      // utime, stime, and the same of children already waited for: fields 14 to 17 of proc(5); threads: 20.
      for (const field of fields.slice(11, 15)) tree.cpuMs += Number(field) * msPerTick;
      tree.tasks += Number(fields[17]);
      tree.members.push({ pid, started: startOf(fields) });
      tree.memoryBytes += ownMemoryBytes(pid);
      for (const task of fs.readdirSync(`/proc/${pid}/task`)) {
        const children = fs.readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').trim();
        if (children !== '') pending.push(...children.split(' ').map(Number));
      }
    } catch {
      // Ended between two reads.
    }
  }
  return tree;
}

/** Resident memory that is not a file's: programs and libraries are shared between processes. */
function ownMemoryBytes(pid: number): number {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'latin1');
  let kilobytes = 0;
  for (const match of status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+)/gm)) kilobytes += Number(match[1]);
  return kilobytes * 1024;
}

/** The same from `ps`, for systems without /proc. */
export function treeFromPs(root: number): ProcessTree {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss=,time='], { encoding: 'latin1' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length === 4)
    .map(([pid, parent, rss, time]) => ({
      pid: Number(pid),
      parent: Number(parent),
      rss: Number(rss),
      time: time ?? '',
    }));
  const members = new Set([root]);
  // Parents mostly come before their children, not always: repeat until nothing is added.
  for (let size = 0; size !== members.size;) {
    size = members.size;
    for (const row of rows) if (members.has(row.parent)) members.add(row.pid);
  }
  const tree: ProcessTree = { cpuMs: 0, memoryBytes: 0, tasks: 0, members: [] };
  for (const row of rows.filter(({ pid }) => members.has(pid))) {
    tree.cpuMs += parseCpuTime(row.time);
    tree.memoryBytes += row.rss * 1024;
    tree.tasks += 1;
    tree.members.push({ pid: row.pid, started: '' });
  }
  return tree;
}

/** `[[dd-]hh:]mm:ss[.cc]` in milliseconds. */
function parseCpuTime(text: string): number {
  const [clock, days] = text.split('-').reverse();
  const seconds = (clock ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return (seconds + Number(days ?? 0) * 86_400) * 1000;
}
