import { Fault } from '../records/fault';
import type { SandboxBackend } from '../records/run-config';

/** No sandbox that can be trusted: thrown by openSandbox, so that nothing untrusted is run. */
export class SandboxUnavailableError extends Fault {
  /**
   * @param probe what was tried, as a name: a self-test's probe or a part of the installation
   * @param fix what makes it work, as a sentence
   */
  constructor(
    readonly backend: SandboxBackend,
    readonly probe: string,
    reason: string,
    fix: string,
    options?: ErrorOptions,
  ) {
    super(`The ${backend} sandbox can't be used: ${probe}: ${reason}. ${fix}`, {
      type: 'sandbox.unavailable',
      retryable: false,
      fix,
      ...options,
    });
    this.name = 'SandboxUnavailableError';
  }
}

export type SandboxFaultKind = 'spawn' | 'killed' | 'disk' | 'work-dir';

/** What a person does about each kind, and whether waiting may help. */
const advice: Record<SandboxFaultKind, { retryable: boolean; fix: string }> = {
  spawn: { retryable: true, fix: 'Check that processes can be started on this machine (memory, process limit, /bin/sh).' },
  killed: { retryable: true, fix: "Check the machine's memory: something outside the sandbox ended the run." },
  disk: { retryable: true, fix: 'Free disk space where the temporary directory (TMPDIR) lies.' },
  'work-dir': { retryable: false, fix: 'Give a directory that exists and holds plain files and directories alone.' },
};

/** The infrastructure failed, not the code that was run; it is never a result. Types are `sandbox.<kind>`. */
export class SandboxFault extends Fault {
  constructor(
    readonly kind: SandboxFaultKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, { type: `sandbox.${kind}`, ...advice[kind], ...options });
    this.name = 'SandboxFault';
  }
}

/** The error's code (`ENOENT` …) if it has one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** An error's message, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
