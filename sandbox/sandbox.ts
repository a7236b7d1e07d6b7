import type { SandboxBackend, SandboxLimits } from '../records/run-config';
import { openBubblewrap } from './bubblewrap';
import { openDeno } from './deno';
import { selfTest } from './self-test';

/** The limit that ended a run, or (output) cut what it printed. */
export type SandboxLimit = 'cpu' | 'wall' | 'memory' | 'processes' | 'file-size' | 'work-dir' | 'tmp' | 'output';

export interface SandboxRequest {
  /** Absolute; the only directory that the code can read and write. Holds plain files and directories only. */
  workDir: string;
  /** Path of the program in workDir; its extension selects the language. */
  file: string;
  limits: SandboxLimits;
  /** Aborted: the whole process tree is killed and run rejects with the signal's reason. */
  signal?: AbortSignal;
}

export interface SandboxResult {
  /** Null if a signal or a limit ended the run. */
  exitCode: number | null;
  signal: string | null;
  /** UTF-8; the work directory's own path is removed, so that equal runs print equal text. */
  stdout: string;
  stderr: string;
  limit: SandboxLimit | null;
  wallMs: number;
  /** Of the whole tree; with no cgroup as last sampled, so up to 50 ms short. */
  cpuMs: number;
}

export interface Sandbox {
  backend: SandboxBackend;
  /** File extensions with their dot. */
  languages: readonly string[];
  /** Rejects with SandboxFault when the infrastructure fails; whatever the code does is a result. */
  run(request: SandboxRequest): Promise<SandboxResult>;
}

/**
 * Opens a backend and attacks it once: each probe must succeed outside and fail inside.
 * @throws SandboxUnavailableError naming the probe and the fix; then no untrusted code may be run.
 */
export async function openSandbox(backend: SandboxBackend, limits: SandboxLimits): Promise<Sandbox> {
  const sandbox = await openUntested(backend);
  await selfTest(sandbox, limits);
  return sandbox;
}

async function openUntested(backend: SandboxBackend): Promise<Sandbox> {
  switch (backend) {
    case 'deno':
      return openDeno();
    case 'bubblewrap':
      return openBubblewrap();
    default:
      return backend satisfies never;
  }
}
