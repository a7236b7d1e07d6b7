import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { messageOf, SandboxUnavailableError } from './errors';

/** The first version with --size, --disable-userns and both in one. */
const leastVersion = [0, 8];
const install = 'Install it (Debian and Ubuntu: `apt-get install bubblewrap`), or use the deno backend.';

/** Programs of the machine that the bubblewrap sandbox is made of. */
export interface BubblewrapPrograms {
  bwrap: string;
  /** Sets the number of processes; of util-linux, under /usr. */
  prlimit: string;
  /** Changes to an unprivileged user; of util-linux, under /usr. Used by root alone. */
  setpriv: string;
  /** How a program of each language is started; only languages that are there. */
  interpreters: Readonly<Record<string, readonly string[]>>;
}

/** Where Node and what it preloads are seen inside. */
export const insideNode = '/opt/skillgrad/node';
export const insidePreload = '/opt/skillgrad/preload.cjs';

/** @throws SandboxUnavailableError naming the program that is missing or too old */
export function findPrograms(): BubblewrapPrograms {
  if (process.platform !== 'linux') throw unavailable('platform', `expected linux, got ${process.platform}`);
  const bwrap = onPath('bwrap');
  if (bwrap === undefined) throw unavailable('binary', 'bwrap is not on the PATH');
  checkVersion(bwrap);
  const shell = ['/usr/bin/bash', '/bin/bash', '/bin/sh'].find(isProgram) ?? '/bin/sh';
  const python = ['/usr/bin/python3', '/usr/local/bin/python3'].find(isProgram);
  const node = [insideNode, ...detectModules(), '--require', insidePreload];
  return {
    bwrap,
    prlimit: required('prlimit'),
    setpriv: required('setpriv'),
    interpreters: {
      '.mjs': node,
      '.js': node,
      ...(python === undefined ? {} : { '.py': [python] }),
      '.sh': [shell],
    },
  };
}

/** Lets `.js` files hold `import` in versions of Node in which that is still an option. */
function detectModules(): string[] {
  const flag = '--experimental-detect-module';
  return process.allowedNodeEnvironmentFlags.has(flag) ? [flag] : [];
}

function required(name: string): string {
  const found = ['/usr/bin', '/bin'].map((folder) => path.join(folder, name)).find(isProgram);
  if (found !== undefined) return found;
  throw unavailable(name, 'it is not in /usr/bin', 'Install util-linux, or use the deno backend.');
}

function checkVersion(bwrap: string): void {
  let printed: string;
  try {
    printed = execFileSync(bwrap, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  } catch (error) {
    throw unavailable('binary', `${bwrap} can't be executed: ${messageOf(error)}`, install, error);
  }
  const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(printed) ?? []).slice(1).map(Number);
  const [leastMajor = 0, leastMinor = 0] = leastVersion;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw unavailable('version', `expected ${leastVersion.join('.')} or later, got ${printed.trim()}`);
}

function onPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return folders.map((folder) => path.join(folder, name)).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    // Not there, or not for us.
    return false;
  }
}

function unavailable(probe: string, reason: string, fix = install, cause?: unknown): SandboxUnavailableError {
  return new SandboxUnavailableError('bubblewrap', probe, reason, fix, cause === undefined ? {} : { cause });
}
