import type { SandboxLimit } from './sandbox';

/** A command that holds untrusted code in, as a backend builds it. */
export interface Confinement {
  command: readonly string[];
  /** The whole environment: nothing is inherited. */
  env: Record<string, string>;
  cwd: string;
  /** Files that the command gets open, as descriptors `firstFile` and on. */
  files: readonly number[];
  /**
   * The command writes `{"child-pid": N …}` to descriptor `statusFile`, a process whose end ends all the others, and
   * `{"exit-code": N …}` once the code has run: without that the sandbox failed, not the code.
   */
  reportsChild: boolean;
  /** Processes and threads of the sandbox itself, which don't count for the limit. */
  ownTasks: number;
  /** Directories of the host that the code can fill, and how far. */
  directories: ReadonlyArray<{ path: string; maxBytes: number; limit: SandboxLimit }>;
  /** Group that the processes are put in, if there is one: it measures their memory, and limits them exactly. */
  group: ProcessGroup | null;
}

export const statusFile = 4;
export const firstFile = 5;

/** A control group of the kernel. */
export interface ProcessGroup {
  /** The files that a process enters it by. */
  entries: readonly string[];
  /** Private memory of all its processes. */
  memoryBytes(): number;
  pids(): number[];
  /** Whether the kernel has ended a process of it for memory. */
  outOfMemory(): boolean;
  /** Takes it away, once it holds no process. */
  remove(): void;
}
