import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { SandboxBackend, SandboxLimits } from '../records/run-config';
import { messageOf, SandboxUnavailableError } from './errors';
import { openTargets } from './probe-targets';
import { ownFileProbe, plantedLink, probeProgram, probesFor } from './probes';
import type { Sandbox } from './sandbox';

const program = 'probes.mjs';
const outsideTimeoutMs = 30_000;

/** What came of each probe: 'done', or why not. */
type Outcome = Record<string, string>;

/**
 * Attacks a sandbox as the code of a model might: every probe first without the sandbox, where it must succeed, then
 * inside, where it must fail (about a second).
 * @throws SandboxUnavailableError naming the first probe that succeeds inside, or that never ran
 */
export async function selfTest(sandbox: Sandbox, limits: SandboxLimits): Promise<void> {
  const { backend } = sandbox;
  const probes = probesFor(backend);
  const outside = await attack(probes, runOutside(backend));
  for (const name of [ownFileProbe, ...probes]) {
    if (outside[name] !== 'done') throw neverRan(backend, name, `outside the sandbox: ${outside[name]}`);
  }
  const inside = await attack(probes, runInside(sandbox, limits));
  if (inside[ownFileProbe] !== 'done') throw neverRan(backend, ownFileProbe, `inside: ${inside[ownFileProbe]}`);
  for (const name of probes) {
    const outcome = inside[name];
    if (outcome === undefined) throw neverRan(backend, name, 'inside: no outcome');
    if (outcome !== 'done') continue;
    const other = backend === 'deno' ? 'bubblewrap' : 'deno';
    const fix = `Don't run untrusted code with it here; try the ${other} backend (--sandbox ${other}).`;
    throw new SandboxUnavailableError(backend, name, 'the probe succeeded inside the sandbox', fix);
  }
}

/** Runs the program in a work directory; returns what it printed. `env` is what the supervising process has to hide. */
type Run = (workDir: string, env: Record<string, string>) => Promise<string>;

async function attack(probes: readonly string[], run: Run): Promise<Outcome> {
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'skillgrad-probe-'));
  try {
    const secret = randomBytes(16).toString('hex');
    const variable = `SKILLGRAD_PROBE_${randomBytes(4).toString('hex')}`;
    const targets = await openTargets(folder, secret, variable);
    try {
      const workDir = path.join(folder, 'work');
      fs.mkdirSync(workDir);
      fs.writeFileSync(path.join(workDir, program), probeProgram);
      const plan = { targets: targets.described, probes: [ownFileProbe, ...probes] };
      fs.writeFileSync(path.join(workDir, 'targets.json'), JSON.stringify(plan));
      const outcome = parseOutcome(await run(workDir, { [variable]: secret }));
      for (const name of targets.traces()) outcome[name] = 'done';
      // A link left behind would be followed by whoever reads the directory next.
      if (fs.lstatSync(path.join(workDir, plantedLink), { throwIfNoEntry: false })) outcome['link-outside'] = 'done';
      return outcome;
    } finally {
      await targets.close();
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function runOutside(backend: SandboxBackend): Run {
  return (cwd, env) =>
    new Promise((resolve, reject) => {
      const options = { cwd, env: { PATH: process.env['PATH'], ...env }, timeout: outsideTimeoutMs };
      execFile(process.execPath, [program], options, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(neverRan(backend, 'all', `outside the sandbox: ${messageOf(error)}: ${stderr}`, error));
      });
    });
}

function runInside(sandbox: Sandbox, limits: SandboxLimits): Run {
  return async (workDir, env) => {
    Object.assign(process.env, env);
    try {
      const { stdout, stderr, limit, exitCode } = await sandbox.run({ workDir, file: program, limits });
      if (exitCode === 0) return stdout;
      const how = limit === null ? `exit code ${exitCode}` : `the ${limit} limit`;
      throw neverRan(sandbox.backend, 'all', `inside, they ended with ${how}: ${stderr.trim()}`);
    } catch (error) {
      if (error instanceof SandboxUnavailableError) throw error;
      throw neverRan(sandbox.backend, 'start', messageOf(error), error);
    } finally {
      for (const name of Object.keys(env)) delete process.env[name];
    }
  };
}

function parseOutcome(printed: string): Outcome {
  try {
    const parsed: unknown = JSON.parse(printed.trim().split('\n').at(-1) ?? '');
    if (typeof parsed !== 'object' || parsed === null) return {};
    return Object.fromEntries(Object.entries(parsed).map(([name, outcome]) => [name, String(outcome)]));
  } catch {
    // Something else was printed: no probe has run, and the caller names the first.
    return {};
  }
}

function neverRan(backend: SandboxBackend, probe: string, why: string, cause?: unknown): SandboxUnavailableError {
  const fix =
    backend === 'bubblewrap'
      ? 'Check that `bwrap --unshare-all --ro-bind / / true` works for this user (containers and some distributions ' +
        'forbid it), or use the deno backend.'
      : 'Check that programs, loopback connections and the temporary directory (TMPDIR) work for this user.';
  const options = cause === undefined ? {} : { cause };
  return new SandboxUnavailableError(
    backend,
    probe,
    `the probe never ran (${why}), so nothing is proved`,
    fix,
    options,
  );
}
