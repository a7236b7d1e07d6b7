import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openBubblewrap } from '../../sandbox/bubblewrap';
import type { SandboxResult } from '../../sandbox/sandbox';
import { describeBubblewrap, describeEach, fill, limits, processesWith, run, temporaryDirectory } from './sandboxes';

const MB = 1024 ** 2;

describeEach((open, backend) => {
  it('ends an endless loop by its CPU time', async () => {
    const result = await run(open, 'for (;;);', { limits: { cpuMs: 1000 } });
    expect(result).toMatchObject({ limit: 'cpu', exitCode: null });
    expect(result.wallMs).toBeLessThan(10_000);
  });

  it('counts the CPU time of all threads together', async () => {
    const source = `
      import { Worker } from 'node:worker_threads';
      import fs from 'node:fs';
      fs.writeFileSync('w.mjs', 'for (;;);');
      for (let i = 0; i < 2; i += 1) new Worker(new URL('w.mjs', import.meta.url));
      setInterval(() => {}, 1000);`;
    const result = await run(open, source, { limits: { cpuMs: 1500, memoryBytes: 1024 * MB } });
    expect(result).toMatchObject({ limit: 'cpu', exitCode: null });
  });

  it('ends one that only waits by the clock', async () => {
    const result = await run(open, 'setTimeout(() => {}, 60_000);', { limits: { wallMs: 700 } });
    expect(result).toMatchObject({ limit: 'wall', exitCode: null });
    expect(result.wallMs).toBeLessThan(5000);
  });

  it('ends one that fills the heap', async () => {
    const source = 'const all = []; for (;;) all.push(new Array(1000).fill(all.length + 0.5));';
    expect(await run(open, source)).toMatchObject({ limit: 'memory', exitCode: null });
  });

  it('ends one that takes memory outside the heap', async () => {
    const source = `
      const all = [];
      for (;;) { all.push(Buffer.alloc(4_000_000, 1)); await new Promise((resolve) => setTimeout(resolve, 5)); }`;
    expect(await run(open, source)).toMatchObject({ limit: 'memory', exitCode: null });
  });

  it('does not let a burst of buffers past the wall behind the sampled limit', async () => {
    const source = `
      const all = [];
      try { for (;;) all.push(Buffer.alloc(32_000_000, 1)); } catch { console.log('refused'); setTimeout(() => {}, 5000); }`;
    const result = await run(open, source);
    expect(result).toMatchObject({ limit: 'memory', exitCode: null });
  });

  it('does not end one within its memory', async () => {
    const source = 'const b = Buffer.alloc(60_000_000, 1); setTimeout(() => console.log(b.length), 300);';
    expect(await run(open, source)).toMatchObject({ limit: null, exitCode: 0, stdout: '60000000\n' });
  });

  it('refuses to let a file grow beyond its limit', async () => {
    const workDir = temporaryDirectory();
    const source = `
      import fs from 'node:fs';
      const file = fs.openSync('big', 'w');
      try { for (;;) fs.writeSync(file, Buffer.alloc(1_000_000)); } catch (error) { console.log(error.code); }`;
    const result = await run(open, source, { workDir });
    expect(result).toMatchObject({ exitCode: 0, limit: null });
    expect(result.stdout).toMatch(/EFBIG|undefined/);
    expect(fs.statSync(path.join(workDir, 'big')).size).toBeLessThanOrEqual(limits.fileBytes);
  });

  it.each(['a', 'a/b', '\\u00e4'])('ends one that fills the work directory (files named %s…)', async (name) => {
    const source = `
      import fs from 'node:fs';
      fs.mkdirSync('a');
      for (let i = 0; ; i += 1) {
        fs.writeFileSync('${name}' + i, Buffer.alloc(2_000_000));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }`;
    expect(await run(open, source)).toMatchObject({ limit: 'work-dir', exitCode: null });
  });

  it('ends one that makes files without number', async () => {
    const source = `import fs from 'node:fs'; for (let i = 0; ; i += 1) fs.writeFileSync('f' + i, '');`;
    const { limit } = await run(open, source, { limits: { workDirBytes: 4 * MB } });
    expect(limit).toBe('work-dir');
  });

  it('refuses, or ends, one that fills the temporary directory', async () => {
    const source = `
      import fs from 'node:fs';
      import os from 'node:os';
      let size = 0;
      try {
        for (;; size += 1) {
          fs.writeFileSync(os.tmpdir() + '/f' + size, Buffer.alloc(1_000_000));
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      } catch (error) { console.log(error.code, size); }`;
    const result = await run(open, source);
    if (backend === 'deno') expect(result).toMatchObject({ limit: 'tmp', exitCode: null });
    else expect(result).toMatchObject({ limit: null, stdout: 'ENOSPC 4\n' });
  });

  it('keeps the beginning of what is printed, and says that it was cut', async () => {
    const result = await run(open, `console.log('x'.repeat(5000)); console.error('why');`);
    expect(result).toMatchObject({ limit: 'output', exitCode: 0 });
    expect(result.stdout.length + result.stderr.length).toBe(limits.outputBytes);
    expect(result.stderr).toBe('why\n');
  });

  it('ends one that prints 1 GB', async () => {
    const source = `
      const line = 'x'.repeat(1_000_000) + '\\n';
      for (let i = 0; i < 1000; i += 1) if (!process.stdout.write(line)) await new Promise((r) => process.stdout.once('drain', r));`;
    const result = await run(open, source);
    expect(result).toMatchObject({ limit: 'output', exitCode: null });
    expect(result.stdout).toBe('x'.repeat(limits.outputBytes));
    expect(result.wallMs).toBeLessThan(10_000);
  });

  it('stops 200 threads', async () => {
    const source = `
      import { Worker } from 'node:worker_threads';
      import fs from 'node:fs';
      fs.writeFileSync('w.mjs', 'setInterval(() => {}, 1000)');
      const url = new URL('w.mjs', import.meta.url);
      for (let i = 0; i < 200; i += 1) {
        await new Promise((resolve) => { new Worker(url).on('error', resolve).on('online', resolve); });
      }
      console.log('all');`;
    const result = await run(open, source, { limits: { processes: 24, memoryBytes: 2048 * MB, wallMs: 15_000 } });
    expect(result.stdout).toBe('');
    // Deno's threads take so much memory that this limit may come first; Node does not survive being refused one.
    if (backend === 'deno') expect(['processes', 'memory']).toContain(result.limit);
    expect(result.exitCode).not.toBe(0);
  });

  it('does not let a runtime go on that has more threads than are allowed', async () => {
    const result = await run(open, 'setTimeout(() => console.log("went on"), 12_000);', {
      limits: { processes: 3, wallMs: 10_000 },
    });
    expect(result.stdout).toBe('');
    if (backend === 'deno') expect(result).toMatchObject({ limit: 'processes', exitCode: null });
    expect(result.exitCode).not.toBe(0);
  });
});

describeBubblewrap('limits of bubblewrap', () => {
  const runScript = async (source: string, groups: boolean, file = 'a.sh', wallMs = 20_000): Promise<SandboxResult> => {
    const sandbox = await (groups ? openBubblewrap() : openBubblewrap(null));
    const workDir = fill(temporaryDirectory(), { [file]: source });
    return sandbox.run({ workDir, file, limits: { ...limits, wallMs } });
  };

  it.each([true, false])('refuse the forks beyond them (control groups: %s)', async (groups) => {
    const source = `
      import { spawn } from 'node:child_process';
      let started = 0, refused = 0;
      for (let i = 0; i < 200; i += 1) {
        try { spawn('/bin/sleep', ['2']).on('spawn', () => (started += 1)).on('error', () => (refused += 1)); }
        catch { refused += 1; }
      }
      setTimeout(() => { console.log(started > 5, started < 48, started + refused); process.exit(); }, 1000);`;
    const result = await runScript(source, groups, 'a.mjs');
    expect(result).toMatchObject({ stdout: 'true true 200\n', limit: null });
  });

  it.each([true, false])('survive a fork bomb (control groups: %s)', async (groups) => {
    const bomb = `bomb${randomBytes(6).toString('hex')}`;
    const result = await runScript(
      `${bomb}() { sh -c ': ${bomb}; sleep 60' & ${bomb} | ${bomb} & }; ${bomb}; wait`,
      groups,
      'a.sh',
      4000,
    );
    expect(result.wallMs).toBeLessThan(6000);
    expect(processesWith(bomb)).toEqual([]);
  });

  it.each(['/tmp', '/dev/shm'])('refuse to fill %s', async (directory) => {
    const fillUp = `dd if=/dev/zero bs=1M count=3 of=${directory}/a && dd if=/dev/zero bs=1M count=3 of=${directory}/b`;
    const { stderr } = await runScript(`${fillUp}; du -sk ${directory}`, true);
    expect(stderr).toContain('No space left on device');
  });

  it('leave two places that can be written, beside /dev/shm', async () => {
    const script = `
      for d in $(find / -xdev -type d 2>/dev/null | head -2000) /dev /proc /sys /etc /opt/skillgrad /node_modules/exceljs; do
        (echo x >"$d/probe") 2>/dev/null && echo "$d"
      done; echo done`;
    expect((await runScript(script, true)).stdout).toBe('/work\n/tmp\ndone\n');
  });
});
