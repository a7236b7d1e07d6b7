import { execFile } from 'node:child_process';
import { openBubblewrap } from '../../sandbox/bubblewrap';
import { SandboxUnavailableError } from '../../sandbox/errors';
import { openDeno } from '../../sandbox/deno';
import type { Sandbox, SandboxRequest, SandboxResult } from '../../sandbox/sandbox';
import { openSandbox } from '../../sandbox/sandbox';
import { selfTest } from '../../sandbox/self-test';
import { describeEach, productionLimits } from './sandboxes';

const result: SandboxResult = {
  ...{ exitCode: 0, signal: null, stdout: '', stderr: '', limit: null, wallMs: 1, cpuMs: 1 },
};

/** A sandbox in name only: the file runs as any program of this user. */
function unconfined(change: (request: SandboxRequest, env: NodeJS.ProcessEnv) => void = () => {}): Sandbox {
  return {
    backend: 'deno',
    languages: ['.mjs'],
    run: (request) =>
      new Promise((resolve) => {
        const env = { ...process.env };
        change(request, env);
        execFile(process.execPath, [request.file], { cwd: request.workDir, env }, (_error, stdout) =>
          resolve({ ...result, stdout }),
        );
      }),
  };
}

/** A working sandbox whose results are changed. */
async function tampered(change: (result: SandboxResult) => SandboxResult): Promise<Sandbox> {
  const sandbox = await openDeno();
  return { ...sandbox, run: async (request) => change(await sandbox.run(request)) };
}

async function refusal(sandbox: Sandbox): Promise<SandboxUnavailableError> {
  const error: unknown = await selfTest(sandbox, productionLimits).catch((thrown: unknown) => thrown);
  if (error instanceof SandboxUnavailableError) return error;
  throw new Error('the self-test passed');
}

describeEach((open) => {
  it('passes the self-test, in a second or two', async () => {
    const sandbox = await open();
    const startMs = performance.now();
    await selfTest(sandbox, productionLimits);
    expect(performance.now() - startMs).toBeLessThan(10_000);
  });
});

describe('the self-test', () => {
  it('refuses a sandbox that runs the file unconfined, and names the first probe that got through', async () => {
    expect(await refusal(unconfined())).toMatchObject({
      probe: 'sibling-file',
      type: 'sandbox.unavailable',
      retryable: false,
      message: expect.stringContaining('the probe succeeded inside the sandbox'),
    });
  });

  it('refuses each way out by itself', async () => {
    const answers = [
      'sibling-module',
      'environment',
      'write-outside',
      'link-outside',
      'tcp',
      'udp',
      'signal',
      'subprocess',
    ];
    for (const probe of answers) {
      const sandbox = await tampered((inside) => {
        const outcome = JSON.parse(inside.stdout) as Record<string, string>;
        return { ...inside, stdout: JSON.stringify({ ...outcome, [probe]: 'done' }) };
      });
      expect(await refusal(sandbox)).toMatchObject({ probe });
    }
  });

  it('believes the traces that a probe left rather than what it says', async () => {
    const silenced: Sandbox = {
      ...unconfined(),
      run: async (request) => {
        const { stdout } = await unconfined().run(request);
        const outcome = Object.keys(JSON.parse(stdout) as object).map((name) => [name, 'refused'] as const);
        return { ...result, stdout: JSON.stringify({ ...Object.fromEntries(outcome), 'own-file': 'done' }) };
      },
    };
    expect(await refusal(silenced)).toMatchObject({ probe: 'write-outside' });
  });

  it('takes a probe that never ran for no pass', async () => {
    const silent = await tampered((inside) => ({ ...inside, stdout: '' }));
    expect((await refusal(silent)).message).toContain('own-file: the probe never ran');
    const partly = await tampered((inside) => {
      const { tcp: _, ...others } = JSON.parse(inside.stdout) as Record<string, string>;
      return { ...inside, stdout: JSON.stringify(others) };
    });
    expect((await refusal(partly)).message).toContain('tcp: the probe never ran (inside: no outcome)');
    const failing = await tampered((inside) => ({ ...inside, exitCode: 1, stderr: 'no such program' }));
    expect((await refusal(failing)).message).toMatch(/never ran .*exit code 1: no such program/);
    const limited = await tampered((inside) => ({ ...inside, exitCode: null, limit: 'memory' }));
    expect((await refusal(limited)).message).toContain('the memory limit');
    const broken = { ...silent, run: () => Promise.reject(new Error('cannot start')) };
    expect((await refusal(broken)).message).toContain('cannot start');
  });

  it('takes a probe that fails outside the sandbox for no pass', async () => {
    // The program for the user namespace is not found, so that nothing is learned from its failing inside.
    const path = process.env['PATH'];
    const sandbox = { ...(await openDeno()), backend: 'bubblewrap' as const };
    process.env['PATH'] = '/nowhere';
    try {
      expect((await refusal(sandbox)).message).toMatch(/user-namespace: the probe never ran \(outside the sandbox/);
    } finally {
      process.env['PATH'] = path;
    }
  });
});

it('names the fix when bubblewrap is not installed', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  try {
    await expect(openBubblewrap(null)).rejects.toThrow(/bwrap is not on the PATH.*apt-get install bubblewrap/);
    await expect(openSandbox('bubblewrap', productionLimits)).rejects.toMatchObject({ type: 'sandbox.unavailable' });
  } finally {
    process.env['PATH'] = path;
  }
});
