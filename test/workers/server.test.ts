import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectClient } from '../../workers/connection';
import { skillgradHome, type Home } from '../../workers/home';
import { ensureProcess } from '../../workers/processes';
import { writeRunRecord } from '../../cli/runs/run-record';
import { commandLine, until } from '../cli/command-line';
import { listensAt } from '../../workers/listening';
import { isAlive } from '../../workers/process-identity';
import { embeddedAddress, ensureServer, serverStatus, stopServer } from '../../workers/server';
import { serverProcess, supervisorProcess } from '../../workers/server-state';
import { searchAttributes } from '../../workers/server-setup';
import { writeState } from '../../workers/state-file';

jest.setTimeout(900_000);

let home: Home;
const lines: string[] = [];
const env: NodeJS.ProcessEnv = {
  ...process.env,
  SKILLGRAD_TEMPORAL_DYNAMIC_CONFIG: 'history.workflowIdReuseMinimalInterval="1ms"',
  OPENAI_API_KEY: 'planted-key',
};
const start = () => ensureServer(home, env, (line) => lines.push(line));

/** A home in a folder of its own, with the cache of all. */
const newHome = (): Home => ({
  ...skillgradHome({ SKILLGRAD_HOME: mkdtempSync(join(tmpdir(), 'server-')) }),
  cache: skillgradHome().cache,
});

beforeAll(() => {
  home = newHome();
});
afterAll(async () => {
  await stopServer(home);
  rmSync(home.root, { recursive: true, force: true });
});

it('starts one server for two callers, on other ports where its own are taken', async () => {
  const { state: last } = await start();
  await stopServer(home);
  const blockers = [0, 0].map((port) => createServer().listen(port, '127.0.0.1'));
  await Promise.all(blockers.map((blocker) => once(blocker, 'listening')));
  const [port, uiPort] = blockers.map((blocker) => (blocker.address() as AddressInfo).port) as [number, number];
  await writeState(home.temporal.state, { ...last, port, uiPort });
  const [one, two] = await Promise.all([start(), start()]);
  blockers.forEach((blocker) => blocker.close());
  expect(one.state).toEqual(two.state);
  expect([one.attached, two.attached].sort()).toEqual([false, true]);
  expect(one.state.port).not.toBe(port);
  expect(one.state.uiPort).not.toBe(uiPort);
  expect((await fetch(one.state.uiUrl)).status).toBe(200);
});

it('gives each of two homes that start at the same moment a server of its own', async () => {
  const others = [newHome(), newHome()];
  try {
    const started = await Promise.all(others.map((other) => ensureServer(other, env, () => undefined)));
    for (const { state } of started) {
      const owners = started.map(({ state: { pid } }) => listensAt(pid, state.port));
      if (process.platform === 'linux') expect((await Promise.all(owners)).filter(Boolean)).toHaveLength(1);
      expect(await listensAt(state.pid, state.port)).not.toBe(false);
    }
  } finally {
    await Promise.all(others.map(stopServer));
    for (const { root } of others) rmSync(root, { recursive: true, force: true });
  }
});

it('has all search attributes and keeps histories for 90 days', async () => {
  const { server, searchAttributesAvailable, warnings } = await start();
  expect({ searchAttributesAvailable, warnings }).toEqual({ searchAttributesAvailable: true, warnings: [] });
  const { connection } = await connectClient(server);
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(searchAttributes)));
    const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' });
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(2160 * 3600);
  } finally {
    await connection.close();
  }
});

it('keeps secrets of the environment from the server and its supervisor', async () => {
  const { state } = await start();
  if (process.platform !== 'linux') return;
  for (const pid of [state.pid, state.supervisorPid]) {
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('planted-key');
  }
});

it('comes back on the same ports with its runs after kill -9 of the server', async () => {
  const { state } = await start();
  const { client, connection } = await connectClient(embeddedAddress(state));
  await client.workflow.start('waits', { workflowId: 'waiting-run', taskQueue: 'nobody' });
  await connection.close();
  process.kill(state.pid, 'SIGKILL');
  const after = await start();
  expect(after.attached).toBe(true);
  expect(after.state).toMatchObject({ port: state.port, uiPort: state.uiPort, supervisorPid: state.supervisorPid });
  expect(after.state.pid).not.toBe(state.pid);
  const again = await connectClient(after.server);
  const described = await again.client.workflow.getHandle('waiting-run').describe();
  await again.connection.close();
  expect(described.status.name).toBe('RUNNING');
});

it('keeps its ports while its server is down: another home that once had them takes others', async () => {
  const { state } = await start();
  const other = newHome();
  await writeState(other.temporal.state, { ...state, started: 'long ago', supervisorStarted: 'long ago' });
  process.kill(state.supervisorPid, 'SIGSTOP');
  try {
    process.kill(state.pid, 'SIGKILL');
    await until('the server is gone', () => !isAlive(serverProcess(state)));
    const { state: others } = await ensureServer(other, env, () => undefined);
    expect([others.port, others.uiPort]).not.toContain(state.port);
    expect([others.port, others.uiPort]).not.toContain(state.uiPort);
  } finally {
    process.kill(state.supervisorPid, 'SIGCONT');
    await stopServer(other);
    rmSync(other.root, { recursive: true, force: true });
  }
  const { state: after } = await start();
  expect([after.port, after.uiPort]).toEqual([state.port, state.uiPort]);
});

it('replaces a server whose supervisor was killed', async () => {
  const { state } = await start();
  process.kill(state.supervisorPid, 'SIGKILL');
  while (isAlive(supervisorProcess(state))) await new Promise((resolve) => setTimeout(resolve, 10));
  const after = await start();
  expect(after).toMatchObject({ attached: false, state: { port: state.port } });
  expect(isAlive(serverProcess(state))).toBe(false);
});

it('stops server and supervisor, and says so afterwards', async () => {
  const { state, server } = await start();
  const { client, connection } = await connectClient(server);
  await client.workflow.start('optimize', { workflowId: 'open-run', taskQueue: 'skillgrad-nobody' });
  await connection.close();
  await writeRunRecord(home, {
    ...{ run: 'open-run', server: { kind: 'embedded' }, taskQueue: 'skillgrad-nobody', provider: 'none' },
    ...{ baseUrl: null, simulator: null, notify: [], rpm: null, tpm: null, startedAt: new Date().toISOString() },
  });
  const note = `fs.writeFileSync('run/worker-nobody.ready.json', JSON.stringify({ pid: process.pid, details: {} }))`;
  const worker = await ensureProcess(
    home,
    {
      ...{ name: 'worker-nobody', command: process.execPath, identity: 'a worker' },
      ...{ args: ['-e', `${note}; setInterval(() => undefined, 1000)`], env: process.env },
    },
    () => undefined,
  );
  const { code, stdout } = await commandLine(home.root, home).run(['server', 'stop']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Stopped what served its runs as well: worker-nobody\.\nRun open-run stands still; .*resume/);
  expect([serverProcess(state), supervisorProcess(state), worker.record].some(isAlive)).toBe(false);
  await expect(serverStatus(home)).resolves.toMatchObject({ running: false });
  await expect(stopServer(home)).resolves.toBe(false);
});

it('names the address, its source and the fix when nothing answers', async () => {
  const server = {
    address: '127.0.0.1:9',
    namespace: 'default',
    options: { address: '127.0.0.1:9' },
    source: 'TEMPORAL_ADDRESS',
  };
  await expect(connectClient(server)).rejects.toThrow(
    /No Temporal server answers at 127\.0\.0\.1:9 \(from TEMPORAL_ADDRESS\).*Start it, correct the address, or unset/,
  );
});

it('reports the log of a server that cannot come up', async () => {
  const broken = { ...home, temporal: { ...home.temporal } };
  const dud = join(home.root, 'dud');
  spawnSync('sh', [
    '-c',
    `printf '#!/bin/sh\\n[ "$1" = --version ] && echo "(Server 1.29.1)" && exit\\necho no disk >&2; kill -9 $PPID' > ${dud}; chmod +x ${dud}`,
  ]);
  await expect(ensureServer(broken, { ...env, SKILLGRAD_TEMPORAL_CLI: dud }, () => undefined)).rejects.toThrow(
    /could not be kept up; its log .*server\.log ends with:[^]*no disk/,
  );
});
