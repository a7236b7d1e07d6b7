import type { SandboxLimits } from '../records/run-config';
import type { SandboxLimit, SandboxResult } from './sandbox';
import type { RawExit } from './supervisor';

/** What ends V8 when its heap is full, as a signal or as a shell's exit code for it. */
const abortSignals = ['SIGABRT', 'SIGTRAP', 'SIGILL', 'SIGSEGV'];
const abortCodes = [128 + 6, 128 + 5, 128 + 4, 128 + 11];
const outOfMemoryText = /out of memory/i;

/**
 * Judges how a run ended: which limit ended it, and what it printed.
 * @param hidden paths of this machine and what is shown instead of them
 */
export function toResult(
  raw: RawExit,
  limits: SandboxLimits,
  hidden: ReadonlyArray<readonly [path: string, shown: string]>,
): SandboxResult {
  const printed = raw.output.text(hidden);
  const ended = raw.limit ?? kernelLimit(raw, limits, printed.stderr);
  return {
    exitCode: ended === null ? raw.exitCode : null,
    signal: raw.signal,
    ...printed,
    limit: ended ?? (raw.output.cut ? 'output' : null),
    wallMs: raw.wallMs,
    cpuMs: raw.cpuMs,
  };
}

/** The limit for which the kernel, or the runtime itself, ended the code. */
function kernelLimit(raw: RawExit, limits: SandboxLimits, stderr: string): SandboxLimit | null {
  const { signal, exitCode } = raw;
  const by = (name: string, code: number): boolean => signal === name || exitCode === code;
  if (raw.outOfMemory && exitCode !== 0) return 'memory';
  if (by('SIGXCPU', 128 + 24)) return 'cpu';
  if (by('SIGKILL', 128 + 9) && raw.cpuMs >= limits.cpuMs) return 'cpu';
  if (by('SIGXFSZ', 128 + 25)) return 'file-size';
  const aborted = abortSignals.includes(signal ?? '') || abortCodes.includes(exitCode ?? 0);
  return aborted && outOfMemoryText.test(stderr) ? 'memory' : null;
}
