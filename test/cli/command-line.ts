import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skillgradHome, type Home } from '../../workers/home';
import { endProcess } from '../../workers/process-identity';
import { listProcesses } from '../../workers/processes';
import { stopServer } from '../../workers/server';

const root = join(__dirname, '..', '..');
const entry = join(root, 'cli', 'skillgrad.cjs');
export const demoData = join(root, 'examples', 'spreadsheetbench');
export const weakSkill = join(root, 'examples', 'weak-spreadsheet-skill');

/** How a command ended: `code` is null when a signal ended it. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A command that runs; `ended` resolves with what it came to. */
export interface Running {
  child: ChildProcess;
  output(): string;
  ended: Promise<Ended>;
}

/** The command line as a user has it, in a home of its own that `close` empties of processes and removes. */
export interface CommandLine {
  home: Home;
  start(args: string[], env?: NodeJS.ProcessEnv): Running;
  run(args: string[], env?: NodeJS.ProcessEnv): Promise<Ended>;
  /** Runs with `--json` and parses stdout. */
  json(args: string[], env?: NodeJS.ProcessEnv): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * @param folder folder to use instead of a new temporary one
 * @param own home that is there already, instead of one in that folder
 */
export function commandLine(folder?: string, own?: Home): CommandLine {
  const base = folder ?? mkdtempSync(join(tmpdir(), 'skillgrad-cli-'));
  const home = own ?? { ...skillgradHome({ SKILLGRAD_HOME: join(base, 'home') }), cache: skillgradHome().cache };
  const start: CommandLine['start'] = (args, env = {}) => {
    const inherited = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(OPENAI_|TEMPORAL_|FORCE_COLOR$|JEST_)/.test(name)),
    );
    const child = spawn(process.execPath, [entry, ...args], {
      cwd: base,
      env: { ...inherited, NO_COLOR: '1', SKILLGRAD_HOME: home.root, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const seen = { stdout: '', stderr: '' };
    child.stdout.on('data', (bytes: Buffer) => (seen.stdout += bytes.toString()));
    child.stderr.on('data', (bytes: Buffer) => (seen.stderr += bytes.toString()));
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, ...seen }));
    });
    return { child, ended, output: () => seen.stdout + seen.stderr };
  };
  const run: CommandLine['run'] = (args, env) => start(args, env).ended;
  return {
    home,
    start,
    run,
    json: async (args, env) => {
      const { stdout, stderr } = await run([...args, '--json'], env);
      try {
        return JSON.parse(stdout);
      } catch (error) {
        throw new Error(`${args.join(' ')}: no JSON on stdout: ${stdout}${stderr}`, { cause: error });
      }
    },
    close: async () => {
      for (const process of await listProcesses(home)) await endProcess(process, 5000);
      if (existsSync(home.temporal.folder)) await stopServer(home);
      if (folder === undefined) rmSync(base, { recursive: true, force: true });
    },
  };
}

/** Waits until a command that runs has printed `pattern`; throws with its output when it ends or `limitMs` is over. */
export async function untilPrinted({ child, output }: Running, pattern: RegExp, limitMs = 240_000): Promise<void> {
  const deadlineMs = Date.now() + limitMs;
  while (!pattern.test(output())) {
    const over = child.exitCode !== null || Date.now() > deadlineMs;
    if (over) throw new Error(`${String(pattern)} was not printed, but:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits until `holds` does; throws with `what` after `limitMs`. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, limitMs = 120_000): Promise<void> {
  const deadlineMs = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > deadlineMs) throw new Error(`waited ${limitMs / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
