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

export type SandboxFaultKind = 'spawn' | 'killed' | 'survivor' | 'disk' | 'work-dir';

/** What a person does about each kind, and whether waiting may help. */
const advice: Record<SandboxFaultKind, { retryable: boolean; fix: string }> = {
  spawn: {
    retryable: true,
    fix: 'Check that processes can be started on this machine (memory, process limit, /bin/sh).',
  },
  killed: { retryable: true, fix: "Check the machine's memory: something outside the sandbox ended the run." },
  survivor: {
    retryable: true,
    fix: 'Look at why the process named does not end (a hung disk?); its directory is left as it is.',
  },
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
  // Not `instanceof`: an error may come from another realm (a vm context, as test runners use).
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** An error's message, whatever was thrown. */
export function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error);
  return String(error.message);
}
