import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../../workers/lock';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lock-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lockModule = join(__dirname, '../../workers/lock.ts');

function inProcess(body: string): ReturnType<typeof spawn> {
  const text = `const { withLock } = require(${JSON.stringify(lockModule)}); const fs = require('node:fs'); ${body}`;
  return spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), '-e', text], { stdio: 'inherit' });
}
const ended = (child: ReturnType<typeof spawn>) => new Promise((resolve) => child.once('close', resolve));

it('lets one process at a time in, of several that count up one file', async () => {
  const counter = join(folder, 'counter');
  writeFileSync(counter, '0');
  const body = `(async () => { for (let i = 0; i < 15; i++) await withLock(${JSON.stringify(join(folder, 'l'))}, async () => {
    const n = Number(fs.readFileSync(${JSON.stringify(counter)}, 'utf8'));
    await new Promise((resolve) => setTimeout(resolve, 2));
    fs.writeFileSync(${JSON.stringify(counter)}, String(n + 1)); }); })();`;
  await Promise.all([1, 2, 3].map(() => ended(inProcess(body))));
  expect(readFileSync(counter, 'utf8')).toBe('45');
});

it('takes over from a holder that was killed', async () => {
  const held = join(folder, 'held');
  const child = inProcess(
    `withLock(${JSON.stringify(join(folder, 'l'))}, () => { fs.writeFileSync(${JSON.stringify(held)}, ''); return new Promise((r) => setTimeout(r, 60000)); });`,
  );
  const waitedOn: number[] = [];
  while (!existsSync(held)) await new Promise((resolve) => setTimeout(resolve, 20));
  const taken = withLock(
    join(folder, 'l'),
    () => Promise.resolve('mine'),
    (pid) => {
      waitedOn.push(pid);
      child.kill('SIGKILL');
    },
  );
  await expect(taken).resolves.toBe('mine');
  expect(waitedOn).toEqual([child.pid]);
});
