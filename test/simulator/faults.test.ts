import { join } from 'node:path';
import { type Fault, FaultKind, parseFault } from '../../simulator/faults';
import { type Simulator, startSimulator } from '../../simulator/start-simulator';
import { ask, callIn, post, recordOf, roleRequest, type ChatAnswer } from './requests';

const dataDir = join(__dirname, '../../examples/spreadsheetbench');
const body = roleRequest('submit_patch', {
  'Momentum record': recordOf([{ id: 'p', summary: 's', description: 'When results are amounts: x', action: 'y' }]),
});

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ port: 0, dataDir, seed: 1, latencyMs: 0 });
});
afterEach(() => simulator.close());

async function meet(fault: Omit<Fault, 'rate'>, stream = false): Promise<Response> {
  simulator.setFaults([{ rate: 1, ...fault }]);
  return post(simulator.url, { ...body, stream }, { call: `call-${fault.kind}` });
}

interface ApiError {
  error: { message: string; type: string; code: string | null };
}

describe.each([false, true])('a fault on demand (streaming: %s)', (stream) => {
  it.each([
    ['server-error', 500, 'server_error', null],
    ['unauthorized', 401, 'invalid_request_error', 'invalid_api_key'],
    ['unknown-model', 404, 'invalid_request_error', 'model_not_found'],
    ['no-quota', 429, 'insufficient_quota', 'insufficient_quota'],
    ['context-overflow', 400, 'invalid_request_error', 'context_length_exceeded'],
  ] as const)('%s is an error of the API with status %i', async (kind, status, type, code) => {
    const response = await meet({ kind }, stream);
    expect(response.status).toBe(status);
    expect(((await response.json()) as ApiError).error).toMatchObject({ type, code });
    expect(simulator.stats().byResult).toEqual({ [kind]: 1 });
  });

  it('rate-limit is a 429 with the Retry-After that was asked for', async () => {
    const response = await meet({ kind: 'rate-limit', retryAfterSeconds: 7 }, stream);
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(((await response.json()) as ApiError).error.code).toBe('rate_limit_exceeded');
  });

  it('hang answers nothing until the client leaves', async () => {
    simulator.setFaults([{ kind: 'hang', rate: 1 }]);
    const signal = AbortSignal.timeout(300);
    await expect(post(simulator.url, { ...body, stream }, { signal })).rejects.toThrow(/timeout|aborted/i);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(simulator.stats().byResult).toEqual({ hang: 1 });
  });

  it('cut-body ends the connection in the middle of the answer', async () => {
    const response = await meet({ kind: 'cut-body' }, stream);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow(/terminated/);
  });

  it('slow-stream brings the whole answer late, and is an answer only for a client that waits for it', async () => {
    const whole = await (await post(simulator.url, { ...body, stream }, { call: 'call-whole' })).text();
    const askedAt = performance.now();
    const slow = await meet({ kind: 'slow-stream', slowMs: 400 }, stream);
    expect(await slow.text()).toBe(whole);
    expect(performance.now() - askedAt).toBeGreaterThan(300);
    simulator.setFaults([{ kind: 'slow-stream', rate: 1 }]);
    const hasty = await post(simulator.url, { ...body, stream }, { signal: AbortSignal.timeout(2000) });
    await expect(hasty.text()).rejects.toThrow(/timeout|aborted/i);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(simulator.stats().byResult).toEqual({ answered: 2, 'slow-stream': 1 });
  });

  it('malformed-json is no JSON under status 200', async () => {
    const response = await meet({ kind: 'malformed-json' }, stream);
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });

  it('html-body and no-choices are no completion under status 200', async () => {
    const html = await meet({ kind: 'html-body' }, stream);
    expect([html.status, html.headers.get('content-type')]).toEqual([200, 'text/html']);
    const empty = await meet({ kind: 'no-choices' }, stream);
    expect(await empty.json()).toEqual({ object: 'chat.completion' });
  });

  it('wrong-schema submits arguments of another shape', async () => {
    const text = await (await meet({ kind: 'wrong-schema' }, stream)).text();
    expect(text).toContain('submit_patch');
    expect(text).toContain(JSON.stringify('{"unexpected":true}').slice(1, -1));
  });

  it.each([
    ['length', /"finish_reason":"length"/],
    ['content-filter', /"finish_reason":"content_filter"/],
    ['refusal', /"refusal":"I'm sorry/],
  ] as const)('%s ends the answer for that reason', async (kind, says) => {
    const text = await (await meet({ kind }, stream)).text();
    expect(text).toMatch(says);
    expect(text).not.toContain('submit_patch');
  });

  it('no-finish-reason leaves the reason out', async () => {
    expect(await (await meet({ kind: 'no-finish-reason' }, stream)).text()).not.toMatch(/"finish_reason":"/);
  });
});

describe('faults', () => {
  it('spare the other roles and later arrivals of a call where told so', async () => {
    simulator.setFaults([{ kind: 'server-error', rate: 1, role: 'diagnoser' }]);
    expect(callIn(await ask(simulator.url, body)).name).toBe('submit_patch');
    simulator.setFaults([{ kind: 'server-error', rate: 1, arrivals: 2 }]);
    const statuses: number[] = [];
    for (let arrival = 0; arrival < 3; arrival += 1)
      statuses.push((await post(simulator.url, body, { call: 'x' })).status);
    expect(statuses).toEqual([500, 500, 200]);
  });

  it('never change what is answered in the end', async () => {
    const undisturbed: ChatAnswer = await ask(simulator.url, body);
    simulator.setFaults([{ kind: 'server-error', rate: 1, arrivals: 1 }]);
    await post(simulator.url, body, { call: 'again' });
    expect(await ask(simulator.url, body, 'again')).toEqual(undisturbed);
  });

  it('meet the share of calls that was asked for, the same ones each time', async () => {
    simulator.setFaults([{ kind: 'rate-limit', rate: 0.25 }]);
    const met = () =>
      Promise.all(
        Array.from({ length: 200 }, async (_, at) => (await post(simulator.url, body, { call: `c${at}` })).status),
      );
    const statuses = await met();
    const share = statuses.filter((status) => status === 429).length / 200;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.35);
    await simulator.close();
    simulator = await startSimulator({ port: 0, dataDir, seed: 1, latencyMs: 0 });
    simulator.setFaults([{ kind: 'rate-limit', rate: 0.25 }]);
    expect(await met()).toEqual(statuses);
  });

  it('are read from the command line, with the part that is wrong', () => {
    expect(parseFault('429:0.1:executor')).toEqual({ kind: 'rate-limit', rate: 0.1, role: 'executor' });
    for (const kind of FaultKind.options) expect(parseFault(`${kind}:1`)).toEqual({ kind, rate: 1 });
    for (const text of ['', '500', '500:2', '500:', 'no-such:0.1', '500:0.1:nobody', '500:0.1:executor:x']) {
      expect(() => parseFault(text)).toThrow(/is not KIND:RATE\[:ROLE\]/);
    }
  });
});
