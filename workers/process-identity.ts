import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A process that can't be mistaken for a later one that got the same pid: `started` is the system's own mark. */
export const ProcessIdentity = z.object({ pid: z.number().int().positive(), started: z.string() });
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/**
 * When the system says that `pid` started (Linux: boot id and clock ticks; elsewhere: `ps`), '' where it doesn't say,
 * null when there is no such process or only its zombie.
 */
export function startedAt(pid: number): string | null {
  if (process.platform === 'linux') return startedAtOnLinux(pid);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  if (process.platform === 'win32') return '';
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}

function startedAtOnLinux(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name may hold spaces and brackets: the fields are counted from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`;
  } catch {
    return null;
  }
}

/** The identity of a live process; throws when it has already gone. */
export function identify(pid: number): ProcessIdentity {
  const started = startedAt(pid);
  if (started === null) throw new Error(`Process ${pid} ended before it could be recorded.`);
  return { pid, started };
}

/** Whether exactly this process still runs. */
export function isAlive(identity: ProcessIdentity | null | undefined): boolean {
  return identity != null && startedAt(identity.pid) === identity.started;
}

/**
 * Ends a process: SIGTERM, then SIGKILL after `graceMs`. Does nothing to another process that has got its pid.
 * Returns whether there was one to end.
 */
export async function endProcess(identity: ProcessIdentity | null, graceMs = 10_000): Promise<boolean> {
  if (identity === null || !isAlive(identity)) return false;
  send(identity, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (isAlive(identity)) {
    if (Date.now() > deadline) send(identity, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return true;
}

function send(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  try {
    if (isAlive(identity)) process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
