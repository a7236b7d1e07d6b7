import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { commandLine, demoData, until, untilPrinted, weakSkill, type Running } from './command-line';

const cli = commandLine();
const base = join(cli.home.root, '..');
const minutes = 60_000;
const apiKey = 'sk-a-key-for-the-tests';

const Notice = z.object({ event: z.enum(['pause', 'fault', 'end']), run: z.string(), message: z.string() });
const notices: z.infer<typeof Notice>[] = [];
const listener = createServer((request, response) => {
  let body = '';
  request.on('data', (bytes: Buffer) => (body += bytes.toString()));
  request.on('end', () => {
    notices.push(Notice.parse(JSON.parse(body)));
    response.end();
  });
});
const commandLog = join(base, 'notices.jsonl');
const config = join(base, 'run.yaml');
const simulators: Running[] = [];
let env: NodeJS.ProcessEnv;

/** The simulated model as a server of its own, which to the run is any OpenAI-compatible one. */
async function simulator(port: number, ...more: string[]): Promise<{ running: Running; url: string }> {
  const args = ['simulator', '--data', demoData, '--port', String(port), '--latency-ms', '150', ...more];
  const running = cli.start(args);
  simulators.push(running);
  await untilPrinted(running, /answers at http\S+/);
  return { running, url: /answers at (http\S+)/.exec(running.output())?.[1] ?? '' };
}

async function endOf({ child, ended }: Running): Promise<void> {
  child.kill('SIGTERM');
  await ended;
}

const status = async (run: string): Promise<number | null> => (await cli.run(['status', run])).code;
const told = (run: string, event: string): boolean =>
  notices.some((notice) => notice.run === run && notice.event === event);

beforeAll(async () => {
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  writeFileSync(
    config,
    [
      `skill: ${weakSkill}`,
      'benchmark: spreadsheetbench',
      `data: ${demoData}`,
      'model: some-model',
      'price: some-model=1/4',
      'profile: demo',
      'training-pool: 8',
      'train-tasks: 4',
      'validation-tasks: 4',
      'held-out-tasks: 4',
      'batch-size: 1',
      `notify: ['http://127.0.0.1:${(listener.address() as AddressInfo).port}/', 'cat >> ${commandLog}']`,
    ].join('\n'),
  );
  env = { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: (await simulator(0)).url };
}, 5 * minutes);

afterAll(async () => {
  listener.close();
  await Promise.all(simulators.map(endOf));
  await cli.close();
}, minutes);

it(
  'a run on an endpoint waits at its budget, is paused, gets more, is resumed and ends',
  async () => {
    const started = await cli.run(
      ['optimize', '--config', config, '--run', 'paid', '--batch-size', '4', '--budget-usd', '0.05', '--detach'],
      env,
    );
    expect(started).toMatchObject({ code: 0 });
    expect(started.stdout).toMatch(/calls +[\d,]+ \(executor/);
    expect(started.stdout).toMatch(/budget +0\.05 USD; the run pauses before it would exceed it/);

    await until('the budget is spent', async () => (await status('paid')) === 4);
    const atBudget = await cli.run(['status', 'paid']);
    expect(atBudget.stdout).toMatch(/budget/);
    expect(atBudget.stdout).toContain('skillgrad budget paid --add-usd');
    const { progress } = z
      .object({ progress: z.object({ spending: z.object({ costUsd: z.number() }) }) })
      .parse(await cli.json(['status', 'paid']));
    expect(progress.spending.costUsd).toBeGreaterThan(0);
    expect(progress.spending.costUsd).toBeLessThanOrEqual(0.05);
    await until('the pause is told', () => told('paid', 'pause'));

    // Going on needs money: `resume` alone says so.
    expect(await cli.run(['resume', 'paid'], env)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/--add-usd/),
    });

    // A person's pause outlasts the budget's.
    expect(await cli.run(['pause', 'paid', '--note', 'lunch'])).toMatchObject({ code: 0, stderr: '' });
    expect((await cli.run(['budget', 'paid', '--add-usd', '50'])).stdout).toMatch(/may spend up to .*50\.05/);
    expect(await status('paid')).toBe(4);
    const watching = cli.start(['watch', 'paid', '--json']);
    await untilPrinted(watching, /"pause":\{"kind":"user"/);
    expect(await cli.run(['resume', 'paid'], env)).toMatchObject({ code: 0 });
    const watched = await watching.ended;
    expect(watched.code).toBe(0);
    const lines = watched.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { phase?: string });
    expect(lines.at(-1)).toMatchObject({ run: 'paid', phase: 'ended' });
    expect(await status('paid')).toBe(0);
    await until('the end is told', () => told('paid', 'end'));

    const out = join(base, 'out');
    expect((await cli.run(['result', 'paid', '--out', out])).stdout).toMatch(/Held out +\d\/4 → \d\/4 solved/);
    // A flag wins over the file; what neither names comes from the profile.
    const report = readFileSync(join(out, 'result.json'), 'utf8');
    expect(JSON.parse(report)).toMatchObject({ config: { batchSize: 4, trainTasks: 4, epochs: 1 } });
    expect(report).not.toContain(apiKey);
    const events = readFileSync(commandLog, 'utf8')
      .trim()
      .split('\n')
      .map((line) => Notice.parse(JSON.parse(line)).event);
    expect(events).toEqual(expect.arrayContaining(['pause', 'end']));
  },
  6 * minutes,
);

it(
  'a key that is refused pauses the run with the reason, and a mended one lets it go on until it is stopped',
  async () => {
    const refusing = await simulator(0, '--fault', 'unauthorized:1');
    const own = { ...env, OPENAI_BASE_URL: refusing.url };
    const args = ['optimize', '--config', config, '--run', 'refused', '--budget-usd', '50', '--detach'];
    expect(await cli.run(args, own)).toMatchObject({ code: 0 });

    await until('the refusal pauses it', async () => (await status('refused')) === 4);
    const paused = await cli.run(['status', 'refused']);
    expect(paused.stdout).toMatch(/401|key/);
    expect(paused.stdout).toContain('skillgrad resume refused');
    await until('the fault is told', () => told('refused', 'fault'));

    await endOf(refusing.running);
    await simulator(Number(new URL(refusing.url).port));
    const watching = cli.start(['resume', 'refused', '--watch'], own);
    await untilPrinted(watching, /step 1\/4/);
    expect((await cli.run(['stop', 'refused'])).code).toBe(0);
    const { code, stdout } = await watching.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/Held out +\d\/4 → \d\/4 solved/);
    const { steps } = z
      .object({ result: z.object({ steps: z.array(z.unknown()) }) })
      .parse(await cli.json(['status', 'refused'])).result;
    expect(steps.length).toBeLessThan(4);
    expect(await cli.json(['list'])).toMatchObject([
      { run: 'refused', phase: 'ended' },
      { run: 'paid', phase: 'ended' },
    ]);
  },
  6 * minutes,
);
