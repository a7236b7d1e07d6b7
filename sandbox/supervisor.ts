import type { SandboxLimits } from '../records/run-config';
import type { Confinement } from './confinement';
import { messageOf, SandboxFault } from './errors';
import { OutputCapture } from './output';
import { isAlive, processId, processTree, sampleIntervalMs, type ProcessId } from './process-tree';
import type { SandboxLimit } from './sandbox';
import { startConfined } from './start-confined';
import { measureDirectory } from './raw-paths';

/** How a run ended, before anybody has judged it. */
export interface RawExit {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** The limit for which the supervisor ended it. */
  limit: SandboxLimit | null;
  output: OutputCapture;
  /** Whether the kernel ended a process of it for memory. */
  outOfMemory: boolean;
  cpuMs: number;
  wallMs: number;
}

const gonePollMs = 5;
const goneTimeoutMs = 10_000;

/**
 * Runs a command to its end, or to the first limit that it reaches; when it returns no process of it is left.
 * @throws SandboxFault when it can't be started, watched or ended; the reason of `signal` if that is aborted
 */
export async function supervise(
  confinement: Confinement,
  limits: SandboxLimits,
  signal: AbortSignal | undefined,
): Promise<RawExit> {
  signal?.throwIfAborted();
  const startedMs = performance.now();
  const { group, directories, ownTasks } = confinement;
  const started = await startConfined(confinement, limits);
  const output = new OutputCapture(limits.outputBytes);
  let members: ProcessId[] = [processId(started.pid)];
  let cpuMs = 0;
  let limit: SandboxLimit | null = null;
  let failure: unknown = null;

  const end = (by: SandboxLimit | null): void => {
    limit ??= by;
    kill(-started.pid);
    for (const pid of group?.pids() ?? []) kill(pid);
  };
  const sample = (): SandboxLimit | null => {
    const tree = processTree(started.pid);
    if (tree.members.length > 0) members = tree.members;
    cpuMs = Math.max(cpuMs, tree.cpuMs);
    if (cpuMs >= limits.cpuMs) return 'cpu';
    if ((group?.memoryBytes() ?? tree.memoryBytes) > limits.memoryBytes) return 'memory';
    return tree.tasks > limits.processes + ownTasks ? 'processes' : null;
  };
  const look = (find: () => SandboxLimit | null) => (): void => {
    try {
      const found = find();
      if (found !== null) end(found);
    } catch (error) {
      // Unwatched code must not go on.
      failure ??= error;
      end(null);
    }
  };

  started.onOutput((stream, chunk) => {
    if (!output.add(stream, chunk)) end('output');
  });
  const stops = [sample, ...directories.map((entry) => () => (isOver(entry) ? entry.limit : null))].map((find) =>
    every(sampleIntervalMs, look(find)),
  );
  const wall = setTimeout(() => end('wall'), limits.wallMs);
  const onAbort = (): void => end(null);
  signal?.addEventListener('abort', onAbort);
  try {
    const exit = await started.exit;
    const wallMs = performance.now() - startedMs;
    const { child, ran } = await started.report;
    if (child !== null) members.push(child);
    const outOfMemory = group?.outOfMemory() ?? false;
    end(null);
    await gone(members, confinement);
    await started.closed;
    signal?.throwIfAborted();
    if (failure !== null) {
      throw new SandboxFault('killed', `A run was ended: watching it failed: ${messageOf(failure)}`, {
        cause: failure,
      });
    }
    if (!ran && limit === null && !outOfMemory) {
      const { stderr } = output.text([]);
      throw new SandboxFault(
        'spawn',
        `The sandbox ended before the code did (${exit.signal ?? exit.exitCode}): ${stderr}`,
      );
    }
    return { ...exit, limit, output, outOfMemory, cpuMs, wallMs };
  } finally {
    clearTimeout(wall);
    for (const stop of stops) stop();
    signal?.removeEventListener('abort', onAbort);
  }
}

function isOver({ path, maxBytes }: Confinement['directories'][number]): boolean {
  return measureDirectory(path, maxBytes) > maxBytes;
}

/** Calls `look` again and again, taking no more than a tenth of the time. Returns what stops it. */
function every(intervalMs: number, look: () => void): () => void {
  let timer: NodeJS.Timeout;
  const next = (afterMs: number): void => {
    timer = setTimeout(() => {
      const before = performance.now();
      look();
      next(Math.max(intervalMs, (performance.now() - before) * 10));
    }, afterMs);
  };
  next(intervalMs);
  return () => clearTimeout(timer);
}

/** Waits until none of these processes is left: killing is not instant. */
async function gone(members: readonly ProcessId[], { group }: Confinement): Promise<void> {
  const untilMs = performance.now() + goneTimeoutMs;
  for (;;) {
    const left = [...members, ...(group?.pids() ?? []).map(processId)].filter(isAlive);
    if (left.length === 0) return;
    if (performance.now() > untilMs) {
      const names = left.map(({ pid }) => pid).join(', ');
      throw new SandboxFault('survivor', `Process ${names} of a run did not end within 10 s of being killed`);
    }
    for (const { pid } of left) kill(pid);
    await new Promise((resolve) => setTimeout(resolve, gonePollMs));
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Ended already.
  }
}
