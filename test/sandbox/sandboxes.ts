import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { SandboxLimits } from '../../records/run-config';
import { profiles } from '../../records/run-config';
import { openBubblewrap } from '../../sandbox/bubblewrap';
import { openDeno } from '../../sandbox/deno';
import type { Sandbox, SandboxResult } from '../../sandbox/sandbox';

const MB = 1024 ** 2;

/** Small enough for a test to reach each, and large enough for the runtimes. */
export const limits: SandboxLimits = {
  cpuMs: 10_000,
  wallMs: 30_000,
  memoryBytes: 160 * MB,
  processes: 48,
  fileBytes: 4 * MB,
  workDirBytes: 16 * MB,
  tmpBytes: 4 * MB,
  outputBytes: 4096,
};

export const productionLimits = profiles.default.sandboxLimits;

const bubblewrapIsThere = spawnSync('bwrap', ['--version']).status === 0;

/** Names of bubblewrap's own tests say what would run them. */
export const describeBubblewrap: (title: string, tests: () => void) => void = bubblewrapIsThere
  ? describe
  : (title, tests) => describe.skip(`${title} (skipped: \`apt-get install bubblewrap\` enables it)`, tests);

type Opener = () => Promise<Sandbox>;

/** The tests once for each sandbox: Deno, bubblewrap, and bubblewrap where no control groups can be made. */
export function describeEach(tests: (open: Opener, name: 'deno' | 'bubblewrap') => void): void {
  describe('deno', () => tests(openDeno, 'deno'));
  describeBubblewrap('bubblewrap', () => tests(() => openBubblewrap(), 'bubblewrap'));
  describeBubblewrap('bubblewrap without control groups', () => tests(() => openBubblewrap(null), 'bubblewrap'));
}

const made: string[] = [];

/** A new directory, removed after the tests of the file. */
export function temporaryDirectory(): string {
  const directory = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'skillgrad-test-'));
  made.push(directory);
  return directory;
}

afterAll(() => {
  for (const directory of made) fs.rmSync(directory, { recursive: true, force: true });
});

/** Writes files into a work directory. */
export function fill(workDir: string, files: Record<string, string>): string {
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(workDir, name), text);
  return workDir;
}

/** Runs one program in a work directory of its own. */
export async function run(
  open: Opener,
  source: string,
  options: { file?: string; limits?: Partial<SandboxLimits>; workDir?: string; signal?: AbortSignal } = {},
): Promise<SandboxResult> {
  const { file = 'program.mjs', workDir = temporaryDirectory(), signal } = options;
  fill(workDir, { [file]: source });
  const sandbox = await open();
  const request = { workDir, file, limits: { ...limits, ...options.limits } };
  return sandbox.run(signal ? { ...request, signal } : request);
}

/** What the same program prints with no sandbox: an attack that fails here as well proves nothing. */
export function runUnconfined(source: string, env: Record<string, string> = {}): string {
  const workDir = fill(temporaryDirectory(), { 'program.mjs': source });
  const options = { cwd: workDir, env: { PATH: process.env['PATH'], ...env }, timeout: 20_000 };
  return execFileSync(process.execPath, ['program.mjs'], { ...options, encoding: 'utf8' });
}

/** Numbers of the processes that have `token` in their command line (Linux). */
export function processesWith(token: string): number[] {
  return fs
    .readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        return Number.isInteger(pid) && fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(token);
      } catch {
        // Ended since it was listed.
        return false;
      }
    });
}

/** Waits until `condition` holds. */
export async function until(condition: () => boolean, timeoutMs = 10_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`Not within ${timeoutMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
