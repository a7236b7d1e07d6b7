import { spawn, type ChildProcess, type IOType } from 'node:child_process';
import * as fs from 'node:fs';
import type { SandboxLimits } from '../records/run-config';
import { statusFile, type Confinement } from './confinement';
import { messageOf, SandboxFault } from './errors';
import { lifelineArgs } from './lifeline';
import { processId, type ProcessId } from './process-tree';

/** What a command that `reportsChild` said of itself. */
export interface StatusReport {
  child: ProcessId | null;
  /** Whether the code ran to an end of its own. */
  ran: boolean;
}

/** A confined command that runs, in a process group of its own that `pid` leads. */
export interface Started {
  pid: number;
  /** When the command itself has ended; others of its tree may not have. */
  exit: Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>;
  /** When nobody holds its output open any more. */
  closed: Promise<void>;
  /** What it reported; known once the command has ended. */
  report: Promise<StatusReport>;
  onOutput(take: (stream: 'stdout' | 'stderr', chunk: Buffer) => void): void;
}

/** @throws SandboxFault 'spawn' */
export async function startConfined(confinement: Confinement, limits: SandboxLimits): Promise<Started> {
  const files = [...standardFiles(confinement)];
  const inherited = inheritedDescriptors().filter((descriptor) => descriptor >= files.length);
  const nothing = inherited.length > 0 ? fs.openSync('/dev/null', 'r') : null;
  for (const descriptor of inherited) {
    while (files.length < descriptor) files.push('ignore');
    files.push(nothing);
  }
  const child = spawn('/bin/sh', lifelineArgs(confinement.command, limits, confinement.group?.entries ?? []), {
    cwd: confinement.cwd,
    env: confinement.env,
    stdio: files,
    detached: true,
  });
  if (nothing !== null) fs.closeSync(nothing);
  // The other end closes this pipe before we do: nothing to tell.
  child.stdin?.on('error', () => {});
  const { pid, stdout, stderr } = child;
  if (pid === undefined || !stdout || !stderr) {
    const error = await new Promise((resolve) => child.once('error', resolve));
    throw new SandboxFault('spawn', `The sandbox could not be started: ${messageOf(error)}`, { cause: error });
  }
  const exit: Started['exit'] = new Promise((resolve) =>
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal })),
  );
  return {
    pid,
    exit,
    closed: new Promise((resolve) => child.once('close', () => resolve())),
    report: confinement.reportsChild ? readReport(child, exit) : Promise.resolve({ child: null, ran: true }),
    onOutput: (take) => {
      stdout.on('data', (chunk: Buffer) => take('stdout', chunk));
      stderr.on('data', (chunk: Buffer) => take('stderr', chunk));
    },
  };
}

type Stdio = Array<IOType | number | null>;

function standardFiles({ reportsChild, files }: Confinement): Stdio {
  return ['pipe', 'pipe', 'pipe', 'ignore', reportsChild ? 'pipe' : 'ignore', ...files];
}

/**
 * Descriptors that this process got from its parent and would hand on, in ascending order: Node closes only its own.
 * Code that finds one would have a file or connection that no permission was asked for.
 */
function inheritedDescriptors(): number[] {
  if (!fs.existsSync('/proc/self/fdinfo')) return [];
  return fs
    .readdirSync('/proc/self/fd')
    .map(Number)
    .filter((descriptor) => descriptor > 2 && !closesOnExec(descriptor))
    .sort((a, b) => a - b);
}

function closesOnExec(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(fs.readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1];
    return (parseInt(flags ?? '0', 8) & 0o2000000) !== 0;
  } catch {
    // Closed since it was listed: the listing itself had one.
    return true;
  }
}

/** Reads the status pipe to its end. */
function readReport(command: ChildProcess, exit: Promise<unknown>): Promise<StatusReport> {
  return new Promise((resolve) => {
    let text = '';
    let child: ProcessId | null = null;
    const finish = (): void => resolve({ child, ran: /"exit-code"/.test(text) });
    const pipe = command.stdio[statusFile];
    if (!pipe || !('on' in pipe)) return finish();
    pipe.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const match = /"child-pid": *(\d+)/.exec(text);
      // At once: later another process may have the number.
      if (match) child ??= processId(Number(match[1]));
    });
    pipe.on('end', finish);
    // Somebody else may hold it open; what the command itself wrote is there when its end is known, or soon after.
    void exit.then(() => setTimeout(finish, 100));
  });
}
