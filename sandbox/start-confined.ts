import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import type { SandboxLimits } from '../records/run-config';
import { statusFile, type Confinement } from './confinement';
import { messageOf, SandboxFault } from './errors';
import { lifelineArgs } from './lifeline';
import { processId, type ProcessId } from './process-tree';

/** A confined command that runs, in a process group of its own that `pid` leads. */
export interface Started {
  pid: number;
  /** When the command itself has ended; others of its tree may not have. */
  exit: Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>;
  /** When nobody holds its output open any more. */
  closed: Promise<void>;
  /** The process that it reported, null if none; known once the command has ended. */
  child: Promise<ProcessId | null>;
  onOutput(take: (stream: 'stdout' | 'stderr', chunk: Buffer) => void): void;
}

/** @throws SandboxFault 'spawn' */
export async function startConfined(confinement: Confinement, limits: SandboxLimits): Promise<Started> {
  const status: StdioOptions = [confinement.reportsChild ? 'pipe' : 'ignore'];
  const child = spawn('/bin/sh', lifelineArgs(confinement.command, limits, confinement.group?.entries ?? []), {
    cwd: confinement.cwd,
    env: confinement.env,
    stdio: ['pipe', 'pipe', 'pipe', 'ignore', ...status, ...confinement.files],
    detached: true,
  });
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
    child: confinement.reportsChild ? reportedChild(child, exit) : Promise.resolve(null),
    onOutput: (take) => {
      stdout.on('data', (chunk: Buffer) => take('stdout', chunk));
      stderr.on('data', (chunk: Buffer) => take('stderr', chunk));
    },
  };
}

/** Reads the first `"child-pid"` of the status pipe; null if the command ended without one. */
function reportedChild(child: ChildProcess, exit: Promise<unknown>): Promise<ProcessId | null> {
  return new Promise((resolve) => {
    const pipe = child.stdio[statusFile];
    if (!pipe || !('on' in pipe)) return resolve(null);
    let text = '';
    pipe.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const match = /"child-pid": *(\d+)/.exec(text);
      if (match) resolve(processId(Number(match[1])));
    });
    pipe.on('end', () => resolve(null));
    // The pipe is read before the end is told of, unless nothing was written.
    void exit.then(() => setTimeout(() => resolve(null), 100));
  });
}
