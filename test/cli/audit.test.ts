import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeRunRecord } from '../../cli/runs/run-record';
import type { RunResult } from '../../records/progress';
import { fileOfArtifact } from '../../store/places';
import { deploy, type Deployment, type WorkerProcess } from '../end-to-end/deployment';
import { waitForProgress } from '../end-to-end/wait-for-progress';
import { commandLine, until, type CommandLine, type Ended } from './command-line';

jest.setTimeout(300_000);

/** What is read of the JSON account. */
const Account = z.object({
  phases: z.array(z.looseObject({ kind: z.string(), startedMs: z.number(), purpose: z.string().optional() })),
  costs: z.object({ total: z.unknown(), byStage: z.array(z.object({ name: z.string(), calls: z.number() })) }),
});

const light = { trainTasks: 2, trainingPool: 6, validationTasks: 2, heldOutTasks: 2 };
let deployment: Deployment;
let worker: WorkerProcess;
let cli: CommandLine;
let result: RunResult;
/** The account of the first run, as JSON. */
let json = '';

const inHome = (home: string, ...args: string[]): Promise<Ended> => cli.run(args, { SKILLGRAD_HOME: home });
const ours = (...args: string[]): Promise<Ended> => inHome(deployment.home.root, ...args);

async function start(run: string): Promise<void> {
  const { home, taskQueue, provider, simulator } = deployment;
  await writeRunRecord(home, {
    ...{ run, taskQueue, provider, baseUrl: simulator.url, simulator: null, server: { kind: 'embedded' } },
    ...{ notify: [], rpm: null, tpm: null, startedAt: new Date().toISOString() },
  });
  await deployment.startRun(run, light);
}

beforeAll(async () => {
  deployment = await deploy({
    faults: [{ kind: 'rate-limit', rate: 0.2, arrivals: 1, role: 'executor', retryAfterSeconds: 0 }],
  });
  cli = commandLine();
  worker = await deployment.startWorker();
  await start('first');
  const handle = deployment.client.workflow.getHandle('first');
  await handle.executeUpdate('pause', { args: [{ by: 'ana@office', note: 'look at the split first' }] });
  await handle.executeUpdate('resume', { args: [{ by: 'ana@office' }] });
  result = await deployment.result('first');
  const kept = join(deployment.home.store, 'named', 'histories', 'first');
  await until(
    'the histories are exported',
    () => existsSync(join(kept, 'held-out')) && existsSync(join(kept, 'epoch-1')),
  );
});
afterAll(async () => {
  await deployment.stop();
  await cli.close();
});

it('accounts for a run in order of time, with who steered it, what was retried and why, and what it cost', async () => {
  const { stdout, code } = await ours('audit', 'first', '--markdown');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^# Audit of run first\n/);
  expect(stdout).toContain('## Epoch 1, step 1\n');
  expect(stdout).toContain('paused by ana@office: “look at the split first”');
  expect(stdout).toMatch(/execute, .*: ended at attempt 2; the last cause: model\.rate-limit/);
  expect(stdout).toMatch(/### Gate\n\n(accepted|refused): \d against \d of \d at the gate/);
  const asked = await ours('audit', 'first', '--json');
  expect(asked).toMatchObject({ code: 0, stderr: '' });
  json = asked.stdout;
  const account = Account.parse(JSON.parse(json));
  const starts = account.phases.map(({ startedMs }) => startedMs);
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
  expect(account.phases[0]?.kind).toBe('prepare');
  expect(account.phases.at(-1)?.kind).toBe('deliver');
  expect(account.costs.total).toEqual(result.spending);
  expect(account.costs.byStage.reduce((sum, { calls }) => sum + calls, 0)).toBe(result.spending.calls);
});

it('finds a sound run sound, and names a damaged score and a changed cost', async () => {
  const { store } = deployment.home;
  const sound = await ours('audit', 'first', '--check');
  expect(sound).toMatchObject({ code: 0, stderr: '' });
  const score = /"score":\{"artifact":"(sha256:[0-9a-f]{64})/.exec(json)?.[1] ?? '';
  const file = fileOfArtifact(store, score);
  const before = readFileSync(file);
  appendFileSync(file, ' ');
  const journal = join(store, 'named', 'journal', 'first');
  const key = readdirSync(journal).find((name) => name.startsWith('patch-s1')) ?? '';
  const turn = join(journal, key, 'turn-000001');
  const text = readFileSync(turn, 'utf8');
  writeFileSync(turn, text.replace(/"spending":\{"calls":1,"costUsd":/, '$&9'));
  const changed = await ours('audit', 'first', '--check');
  expect(changed.code).toBe(1);
  expect(changed.stdout).toContain(`artifact ${score}: its content has the digest`);
  expect(changed.stdout).toMatch(/patch of first\/epoch-1 \(activity \d+\) said that it spent 1 call, /);
  expect(changed.stdout).toContain('the journals come to');
  const verified = await ours('store', 'verify');
  expect(verified.code).toBe(1);
  expect(verified.stdout).toMatch(new RegExp(`${score}: .*\\(run first\\)`));
  writeFileSync(file, before);
  writeFileSync(turn, text);
});

it('restores elsewhere what was backed up while the server ran, and audits it there from the store alone', async () => {
  const [backup, elsewhere] = ['backup', 'elsewhere'].map((name) => join(cli.home.root, name)) as [string, string];
  expect(await ours('store', 'backup', backup)).toMatchObject({ code: 0 });
  const restored = await inHome(elsewhere, 'store', 'restore', backup);
  expect([restored.code, restored.stdout]).toEqual([0, expect.stringContaining("The backup has no server's database")]);
  const { code, stderr } = await inHome(elsewhere, 'audit', 'first', '--check');
  expect(code).toBe(0);
  expect(stderr).toContain('this account is from the store alone');
  // What it came to can be got out there as well; it can't go on, and no empty server is started for it.
  const out = join(elsewhere, 'out');
  const written = await inHome(elsewhere, 'result', 'first', '--out', out);
  expect(written).toMatchObject({ code: 0, stderr: expect.stringContaining('from the store alone') });
  expect(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'))).toMatchObject({ finalSkill: result.finalSkill });
  expect((await inHome(elsewhere, 'status', 'first')).stdout).toMatch(/^Run first: ended, as far as the store knows\n/);
  expect((await inHome(elsewhere, 'momentum', 'first', '--step', '1')).stdout).toMatch(/^# Momentum after step 1\n/);
  expect((await inHome(elsewhere, 'blame', 'first')).stdout).toMatch(/^SKILL\.md\n +1 /);
  const resumed = await cli.run(['resume', 'first'], { SKILLGRAD_HOME: elsewhere, OPENAI_API_KEY: 'none' });
  expect(resumed).toMatchObject({ code: 1, stderr: expect.stringContaining("there is no server's database") });
  expect(existsSync(join(elsewhere, 'temporal'))).toBe(false);
});

it('names a damaged copy of a history and goes on, and mends it from the backup', async () => {
  const [backup, elsewhere] = ['backup', 'elsewhere'].map((name) => join(cli.home.root, name)) as [string, string];
  const folder = join(elsewhere, 'store', 'named', 'histories', 'first', 'epoch-1');
  const [object = ''] = readdirSync(folder).filter((name) => !name.endsWith('.verification'));
  writeFileSync(join(folder, object), readFileSync(join(folder, object)).subarray(0, 20));
  const checked = await inHome(elsewhere, 'audit', 'first', '--check');
  expect(checked.code).toBe(1);
  expect(checked.stdout.split('\n').filter((line) => line.includes(object))).toEqual([
    expect.stringMatching(/^object histories\/first\/epoch-1\/.*`skillgrad store restore FOLDER`/),
  ]);
  expect(checked.stdout).toMatch(/^Run first: .*discrepanc.* in \d+ artifacts/m);
  const exported = await inHome(elsewhere, 'history', 'export', 'first', '--out', join(elsewhere, 'histories'));
  expect(exported).toMatchObject({ code: 1, stderr: expect.stringContaining(object) });
  expect(readdirSync(join(elsewhere, 'histories')).length).toBeGreaterThan(0);
  expect(await inHome(elsewhere, 'store', 'restore', backup)).toMatchObject({ code: 0 });
  expect(await inHome(elsewhere, 'audit', 'first', '--check')).toMatchObject({ code: 0 });
  // A folder of something else is no place for a backup.
  const refused = await ours('store', 'backup', folder);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('neither empty nor a backup') });
  expect(await ours('audit', 'first', '--json', '--markdown')).toMatchObject({ code: 2, stdout: '' });
});

it('goes on with a run from a backup on another machine, to the same end', async () => {
  await start('second');
  await waitForProgress(deployment, 'second', ({ spending }) => spending.calls > 12);
  const [backup, elsewhere] = ['backup', join('other', 'home')].map((name) => join(cli.home.root, name)) as [
    string,
    string,
  ];
  // The first machine is gone. A worker that lived on would serve the next server at this address, on its own store.
  const stopped = await ours('server', 'stop');
  expect(stopped.stdout).toMatch(
    new RegExp(`Worker \\S+ \\(pid ${worker.workerPid}\\) still runs: no run of this server started it`),
  );
  await worker.kill();
  expect((await ours('store', 'backup', backup)).stdout).toContain('runs go on from this copy');
  expect(await inHome(elsewhere, 'store', 'restore', backup)).toMatchObject({ code: 0 });
  const env = { SKILLGRAD_HOME: elsewhere, OPENAI_API_KEY: 'none', OPENAI_BASE_URL: deployment.simulator.url };
  try {
    const resumed = await cli.run(['resume', 'second', '--watch'], env);
    expect(resumed).toMatchObject({ code: 0 });
    const { finalSkill, steps } = result;
    const status = z.object({ result: z.looseObject({}) }).parse(await cli.json(['status', 'second'], env));
    expect(status.result).toMatchObject({ finalSkill, steps });
    expect(await inHome(elsewhere, 'audit', 'second', '--check')).toMatchObject({ code: 0 });
    const again = await inHome(elsewhere, 'store', 'restore', backup);
    expect(again.stdout).toContain("This home has a server's database already: it was kept");
  } finally {
    await commandLine(join(elsewhere, '..')).close();
  }
});
