import { closeSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skillgradHome } from '../../workers/home';
import { openLog } from '../../workers/open-log';
import { ensureProcess, stopProcess } from '../../workers/processes';

const root = mkdtempSync(join(tmpdir(), 'skillgrad-log-'));
afterAll(() => rmSync(root, { recursive: true }));

it('goes on with a log up to 20 MB, and puts a larger one in the place of the one before', () => {
  const path = join(root, 'a.log');
  writeFileSync(path, 'first');
  closeSync(openLog(path));
  expect(readFileSync(path, 'utf8')).toBe('first');
  for (const size of [20_000_001, 20_000_002]) {
    truncateSync(path, size);
    closeSync(openLog(path));
    expect([statSync(path).size, statSync(`${path}.1`).size]).toEqual([0, size]);
  }
});

it('starts a process with a new log where the old one has grown too large', async () => {
  const home = skillgradHome({ SKILLGRAD_HOME: root });
  const module = JSON.stringify(join(__dirname, '..', '..', 'workers', 'processes.ts'));
  const script = `require(${module}).announceReady({ processes: process.argv[1] }, {}); console.log('here'); setInterval(() => 0, 1000)`;
  const spec = {
    ...{ name: 'chatter', command: process.execPath, env: process.env, identity: 'chatter' },
    args: ['--require', require.resolve('tsx/cjs'), '-e', script, home.processes],
  };
  const start = (): ReturnType<typeof ensureProcess> => ensureProcess(home, spec, () => undefined);
  const { log } = (await start()).record;
  await stopProcess(home, 'chatter');
  truncateSync(log, 20_000_001);
  await start();
  await stopProcess(home, 'chatter');
  expect(readFileSync(log, 'utf8')).toBe('here\n');
  expect(statSync(`${log}.1`).size).toBe(20_000_001);
});
