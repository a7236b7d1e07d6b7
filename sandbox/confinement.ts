import type { Usage } from './process-tree';
import type { SandboxLimit } from './sandbox';

/** A command that holds untrusted code in, as a backend builds it. */
export interface Confinement {
  command: readonly string[];
  /** The whole environment: nothing is inherited. */
  env: Record<string, string>;
  cwd: string;
  /** Files that the command gets open, as descriptors `firstFile` and on. */
  files: readonly number[];
  /** The command writes `{"child-pid": N …}` to descriptor `statusFile`: a process whose end ends all the others. */
  reportsChild: boolean;
  /** Directories of the host that the code can fill, and how far. */
  directories: ReadonlyArray<{ path: string; maxBytes: number; limit: SandboxLimit }>;
  /** Group that the processes are put in, if there is one: it measures and limits them exactly. */
  group: ProcessGroup | null;
}

export const statusFile = 4;
export const firstFile = 5;

/** A control group of the kernel. */
export interface ProcessGroup {
  /** The files that a process enters it by. */
  entries: readonly string[];
  usage(): Usage;
  pids(): number[];
  /** Whether the kernel has ended a process of it for memory. */
  outOfMemory(): boolean;
  remove(): void;
}
