import { readFileSync } from 'node:fs';

/** Linux reports CPU time in hundredths of a second to user space. */
const msPerTick = 10;

/**
 * CPU time of a process and its threads so far, in milliseconds, without the children it started (sandboxed code).
 * Linux only; throws elsewhere.
 */
export function ownCpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // Fields are counted from the command's closing bracket: utime and stime are 14 and 15 of proc(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
}
