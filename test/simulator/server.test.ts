import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { openBenchmark } from '../../benchmarks/open-benchmark';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/start-simulator';
import { ask, callIn, executorRequest, post, recordOf, roleRequest, type ChatBody } from './requests';

const dataDir = join(__dirname, '../../examples/spreadsheetbench');

const started: Simulator[] = [];
async function start(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const simulator = await startSimulator({ port: 0, dataDir, seed: 1, latencyMs: 0, ...options });
  started.push(simulator);
  return simulator;
}
afterEach(async () => {
  await Promise.all(started.splice(0).map((simulator) => simulator.close()));
});

/** Requests of all roles: executor with and without skill, then the optimiser's roles. */
async function requests(): Promise<ChatBody[]> {
  const tasks = (await openBenchmark('spreadsheetbench').load(dataDir)).slice(0, 6);
  const pattern = {
    id: 'p',
    summary: 'Numbers as text',
    description: 'When results are amounts: x',
    action: 'write numbers',
  };
  const record = recordOf([pattern]);
  const diagnosis = {
    ordinal: 'd1',
    kind: 'failure',
    label: 'Numbers saved as text',
    cause: 'c',
    correctApproach: 'a',
  };
  return [
    ...tasks.flatMap(({ prompt }) => [executorRequest(prompt, 1), executorRequest(prompt, 2, { body: '# Sheets' })]),
    ...[1, 2, 3].map((seed) => roleRequest('submit_patch', { 'Momentum record': record, 'Edit budget': 4 }, seed)),
    roleRequest('submit_diagnosis', {
      Score: { mismatches: [{ cell: 'S!A1', expected: 'number 1234', got: 'text "$1,234.00"' }] },
    }),
    roleRequest('submit_momentum_update', {
      Diagnoses: [{ ...diagnosis, skippedStep: 'none', robustness: 'not-applicable', confidence: 0.9 }],
    }),
    { model: 'simulated', messages: [{ role: 'user', content: 'Hello' }] },
  ];
}

/** The same JSON with the keys of every object the other way round. */
function reversedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversedKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, reversedKeys(item)]));
}

describe('the simulated model', () => {
  it('answers the same request alike, whatever the port, the order, the latency and the spelling', async () => {
    const bodies = await requests();
    const first = await start();
    const answers: unknown[] = [];
    for (const body of bodies) answers.push(await ask(first.url, body));
    const second = await start({ latencyMs: 20, faults: [{ kind: 'server-error', rate: 0 }] });
    expect(second.port).not.toBe(first.port);
    const backwards = await Promise.all(
      [...bodies].reverse().map((body, at) => ask(second.url, reversedKeys(body) as ChatBody, `call-${at}`)),
    );
    expect(backwards.reverse()).toEqual(answers);
  });

  it('answers otherwise with another seed, its own or that of the request', async () => {
    const record = recordOf([
      { id: 'p', summary: 's', description: 'When results are amounts: x', action: 'write numbers' },
    ]);
    const sections = { 'Momentum record': record, 'Edit budget': 4 };
    const [one, two] = [await start({ seed: 1 }), await start({ seed: 2 })];
    const seeds = Array.from({ length: 10 }, (_, seed) => seed);
    const said = (url: string) =>
      Promise.all(
        seeds.map(async (seed) => callIn(await ask(url, roleRequest('submit_patch', sections, seed))).arguments),
      );
    const texts = (await said(one.url)).map((proposal) => JSON.stringify(proposal));
    expect(new Set(texts).size).toBeGreaterThan(3);
    expect((await said(two.url)).map((proposal) => JSON.stringify(proposal))).not.toEqual(texts);
  });

  it('says the same streamed and not, to the official client', async () => {
    const { url } = await start();
    const client = new OpenAI({ baseURL: url, apiKey: 'any', maxRetries: 0 });
    for (const body of await requests()) {
      const params = body as OpenAI.ChatCompletionCreateParamsNonStreaming;
      const whole = await client.chat.completions.create(params);
      const streamed = client.chat.completions.stream({
        ...body,
        stream_options: { include_usage: true },
      } as Parameters<typeof client.chat.completions.stream>[0]);
      const events: string[] = [];
      for await (const chunk of streamed) events.push(chunk.object);
      const put = await streamed.finalChatCompletion();
      const plain = (completion: OpenAI.ChatCompletion) => ({
        reason: completion.choices[0]?.finish_reason,
        text: completion.choices[0]?.message.content ?? '',
        calls: completion.choices[0]?.message.tool_calls?.map((call) => ({
          id: call.id,
          name: call.type === 'function' ? call.function.name : null,
          args: call.type === 'function' ? call.function.arguments : null,
        })),
        usage: completion.usage,
      });
      expect(plain(put)).toEqual(plain(whole));
      expect(new Set(events)).toEqual(new Set(['chat.completion.chunk']));
      expect(events.length).toBeGreaterThan(2);
    }
  });

  it('takes its latency for every answer', async () => {
    const { url } = await start({ latencyMs: 300 });
    const before = Date.now();
    await Promise.all((await requests()).slice(0, 4).map((body) => ask(url, body)));
    expect(Date.now() - before).toBeGreaterThanOrEqual(295);
    expect(Date.now() - before).toBeLessThan(1200);
  });

  it('counts calls by role and by call id, and logs each before it is answered', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'skillgrad-simulator-'));
    const logFile = join(folder, 'calls.jsonl');
    const { url, stats } = await start({ logFile });
    const [body] = await requests();
    if (body === undefined) throw new Error('there are no requests');
    await ask(url, body, 'run/execute-1#1.0');
    await ask(url, body, 'run/execute-1#1.0');
    await ask(url, roleRequest('submit_patch', {}), 'run/patch-s1#1.0');
    const served = (await (await fetch(url.replace('/v1', '/stats'))).json()) as ReturnType<typeof stats>;
    expect(served).toEqual(stats());
    expect(served).toMatchObject({ seed: 1, arrivals: 3, byResult: { answered: 3 } });
    expect(served.byRole).toEqual({ executor: 2, patcher: 1 });
    expect(served.byCall['run/execute-1#1.0']?.map(({ order, status }) => [order, status])).toEqual([
      [1, 200],
      [2, 200],
    ]);
    const lines = readFileSync(logFile, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { call: 'run/execute-1#1.0', role: 'executor', nth: 1 },
      { call: 'run/execute-1#1.0', role: 'executor', nth: 2 },
      { call: 'run/patch-s1#1.0', role: 'patcher', nth: 1 },
    ]);
    rmSync(folder, { recursive: true });
  });

  it('refuses what is no request, and lists its one model', async () => {
    const { url } = await start();
    for (const body of ['{"model":', { model: 'simulated' }, { model: '', messages: [] }]) {
      const response = await post(url, body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
    }
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    expect(await (await fetch(`${url}/models`)).json()).toMatchObject({ data: [{ id: 'simulated' }] });
  });
});
