import { readFileSync } from 'node:fs';

/** Linux reports CPU time in hundredths of a second to user space. */
const ticksPerSecond = 100;

/** CPU seconds of these processes so far, with their threads and without their children; null where /proc isn't. */
export function cpuSecondsOf(pids: readonly number[]): number | null {
  try {
    return pids.reduce((sum, pid) => {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      // Counted from the command's closing bracket: utime and stime are fields 14 and 15 of proc(5).
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return sum + (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
    }, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
