import { readFileSync, writeFileSync } from 'node:fs';
import { profiles } from '../../records/run-config';
import { createGroup, groupParents } from '../../sandbox/process-group';
import { isAlive, processTree, type ProcessId } from '../../sandbox/process-tree';
import type { ChaosKind } from './fault-kinds';
import { whileRunning, type RunUnderFire } from './run-under-fire';

export type SandboxKind = Extract<ChaosKind, 'kill-child' | 'out-of-memory'>;

/** Less than any runtime needs. */
const starved = { ...profiles.default.sandboxLimits, memoryBytes: 1024 ** 2, tmpBytes: 0 };

/** Whether this machine lets us make the control group in which the kernel runs out of memory. */
export const canStarve = (): boolean => groupParents() !== null;

function isSandbox({ pid }: ProcessId): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'deno';
  } catch {
    // Ended since it was listed.
    return false;
  }
}

/** The processes that run a model's code right now. */
function children({ workers }: RunUnderFire): ProcessId[] {
  return [...workers.values()].flatMap(({ pid }) => processTree(pid).members).filter(isSandbox);
}

/** Puts a process where there is no memory for it. Whether the kernel has killed it for that. */
async function starve(child: ProcessId): Promise<boolean> {
  const parents = groupParents();
  if (parents === null) throw new Error('no control group can be made here');
  const group = createGroup(parents, starved, 0);
  try {
    for (const entry of group.entries) writeFileSync(entry, String(child.pid));
    while (isAlive(child)) await new Promise((resolve) => setTimeout(resolve, 5));
    return group.outOfMemory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  } finally {
    group.remove();
  }
}

/** Kills the next run of sandboxed code, from outside or by the kernel for want of memory. */
export async function strikeSandbox(fire: RunUnderFire, kind: SandboxKind): Promise<boolean> {
  return whileRunning(fire, async () => {
    const [child] = children(fire);
    if (child === undefined) return false;
    if (kind === 'out-of-memory') return starve(child);
    process.kill(child.pid, 'SIGKILL');
    return true;
  });
}
