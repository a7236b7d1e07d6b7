import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openBubblewrap } from '../../sandbox/bubblewrap';
import {
  describeBubblewrap,
  describeEach,
  fill,
  limits,
  processesWith,
  run,
  temporaryDirectory,
  until,
} from './sandboxes';

const token = (): string => `token${randomBytes(6).toString('hex')}`;
const onLinux = process.platform === 'linux' ? it : it.skip;
const driver = path.join(__dirname, 'supervising-process.ts');

/** Starts a process that runs a file in a sandbox, and waits until the code says that it runs. */
async function supervising(backend: string, files: Record<string, string>, file: string): Promise<() => void> {
  const workDir = fill(temporaryDirectory(), files);
  const child = spawn(process.execPath, ['--import', 'tsx', driver, backend, workDir, file], {
    cwd: path.resolve(__dirname, '../..'),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await until(() => fs.existsSync(path.join(workDir, 'running')), 20_000);
  return () => void child.kill('SIGKILL');
}

describeEach((open, backend) => {
  onLinux('leaves no process of a run, however it ended', async () => {
    const mark = token();
    const file = `${mark}.mjs`;
    await run(open, 'setTimeout(() => {}, 60_000);', { file, limits: { wallMs: 500 } });
    expect(processesWith(mark)).toEqual([]);
  });

  onLinux('ends with its supervisor, even one that is killed', async () => {
    const mark = token();
    const source = `import fs from 'node:fs'; fs.writeFileSync('running', ''); setTimeout(() => {}, 60_000);`;
    const kill = await supervising(backend, { [`${mark}.mjs`]: source }, `${mark}.mjs`);
    // The driver itself has the name in its command line too.
    expect(processesWith(mark).length).toBeGreaterThan(1);
    kill();
    await until(() => processesWith(mark).length === 0);
  });

  if (backend === 'deno') {
    onLinux('takes a kill from outside for a fault, not for something that the code did', async () => {
      const mark = token();
      const file = `${mark}.mjs`;
      const running = run(open, 'setTimeout(() => {}, 60_000);', { file });
      const fault = expect(running).rejects.toMatchObject({ type: 'sandbox.killed', retryable: true });
      await until(() => processesWith(mark).length > 0);
      for (const pid of processesWith(mark)) process.kill(pid, 'SIGKILL');
      await fault;
    });
  }

  it('refuses, or ends with the run, a child that detaches itself', async () => {
    const mark = token();
    const source = `
      import { spawn } from 'node:child_process';
      const child = spawn('/bin/sh', ['-c', 'sleep 60; : ${mark}'], { detached: true, stdio: 'ignore' });
      child.on('error', () => {});
      child.unref();
      console.log('started');`;
    const { stdout } = await run(open, source);
    expect(stdout).toBe(backend === 'deno' ? '' : 'started\n');
    if (process.platform === 'linux') expect(processesWith(mark)).toEqual([]);
  });
});

describeBubblewrap('daemons in bubblewrap', () => {
  // Two forks and a session of its own: no process group or parent leads to it any more.
  const daemon = (mark: string): string => `
    (setsid sh -c '(trap "" HUP TERM INT; touch running; while :; do sleep 1; done; : ${mark}) &' &)
    while [ ! -e running ]; do sleep 0.05; done`;

  it('end with the run', async () => {
    const mark = token();
    const workDir = fill(temporaryDirectory(), { 'a.sh': daemon(mark) });
    const result = await (await openBubblewrap()).run({ workDir, file: 'a.sh', limits });
    expect(result).toMatchObject({ exitCode: 0, limit: null });
    expect(processesWith(mark)).toEqual([]);
  });

  it('end with the supervisor when that is killed', async () => {
    const mark = token();
    const script = `${daemon(mark)}\nsleep 60`;
    const kill = await supervising('bubblewrap', { 'a.sh': script }, 'a.sh');
    expect(processesWith(mark).length).toBeGreaterThan(0);
    kill();
    await until(() => processesWith(mark).length === 0);
  });
});
