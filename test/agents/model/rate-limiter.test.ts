import fc from 'fast-check';
import { createRateLimiter, RateLimiterClosed, type Reservation } from '../../../agents/model/rate-limiter';
import { call, completion, json, refusal, request, startEndpoint } from './endpoint';
import { createManualClock } from './manual-clock';

const minute = 60_000;

/** A limiter whose calls note when they started. */
function setUp(limits: { rpm?: number; tpm?: number }) {
  const clock = createManualClock();
  const limiter = createRateLimiter({ rpm: limits.rpm ?? null, tpm: limits.tpm ?? null }, clock);
  const started: { name: string; at: number }[] = [];
  const ask = async (name: string, tokens = 1, by = new AbortController().signal): Promise<Reservation> => {
    const place = await limiter.acquire(tokens, by);
    started.push({ name, at: clock.now() });
    return place;
  };
  return { clock, limiter, started, ask, names: () => started.map(({ name }) => name).join('') };
}

describe('a rate limiter', () => {
  it('lets every call go at once without limits', async () => {
    const { ask, names } = setUp({});
    await Promise.all([...'abcdef'].map((name) => ask(name, 1e9)));
    expect(names()).toBe('abcdef');
  });

  it('starts no more than rpm calls in any 60 s, first come first served', async () => {
    const { ask, clock, started, names } = setUp({ rpm: 2 });
    const all = [...'abcde'].map((name) => ask(name));
    await clock.advance(30_000);
    expect(names()).toBe('ab');
    await clock.advance(200_000);
    await Promise.all(all);
    expect(names()).toBe('abcde');
    expect(started[2]?.at).toBeGreaterThan(minute);
    expect((started[4]?.at ?? 0) - (started[2]?.at ?? 0)).toBeGreaterThan(minute);
  });

  it('reserves tokens by their bound and hands back what a call did not take', async () => {
    const { ask, clock, names } = setUp({ tpm: 1000 });
    const first = await ask('a', 800);
    const second = ask('b', 800);
    await clock.advance(10 * minute);
    expect(names()).toBe('a');
    first.settle(150);
    await second;
    expect(names()).toBe('ab');
  });

  it('counts the tokens of a call until a minute after its end', async () => {
    const { ask, clock, names } = setUp({ tpm: 1000 });
    const first = await ask('a', 800);
    await clock.advance(5 * minute);
    first.settle(900);
    const second = ask('b', 200);
    await clock.advance(minute);
    expect(names()).toBe('a');
    await clock.advance(1000);
    await second;
  });

  it('lets a call alone go whose bound is over the limit', async () => {
    const { ask, clock, names } = setUp({ tpm: 1000 });
    const first = await ask('a', 5000);
    void ask('b', 1);
    await clock.advance(minute);
    expect(names()).toBe('a');
    first.settle(10);
    await clock.advance(0);
    expect(names()).toBe('ab');
  });

  it('forgets a call that was never sent', async () => {
    const { ask, clock, names } = setUp({ rpm: 1, tpm: 10 });
    (await ask('a', 10)).release();
    await ask('b', 10);
    void ask('c', 10);
    await clock.advance(30_000);
    expect(names()).toBe('ab');
  });

  it('drops a waiting call that is called off, and serves the next one', async () => {
    const { ask, clock, names } = setUp({ rpm: 1 });
    const caller = new AbortController();
    await ask('a');
    const second = ask('b', 1, caller.signal);
    const third = ask('c');
    caller.abort();
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
    await clock.advance(minute + 1000);
    await third;
    expect(names()).toBe('ac');
  });

  it('holds rpm and tpm in any 60 s, booked by start or by end, for any mix of calls', async () => {
    const someCall = fc.record({ bound: fc.integer({ min: 10, max: 500 }), ms: fc.integer({ min: 0, max: 90_000 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(someCall, { minLength: 1, maxLength: 25 }), async (calls) => {
        const { clock, ask } = setUp({ rpm: 5, tpm: 1000 });
        const done: { start: number; end: number; tokens: number }[] = [];
        for (const { bound, ms } of calls) {
          void ask('x', bound).then((place) => {
            const start = clock.now();
            clock.after(ms, () => {
              place.settle(bound);
              done.push({ start, end: clock.now(), tokens: bound });
            });
          });
        }
        await clock.advance(calls.length * 4 * minute);
        expect(done).toHaveLength(calls.length);
        for (const stamp of ['start', 'end'] as const) {
          for (const one of done) {
            const inWindow = done.filter((other) => other[stamp] >= one[stamp] && other[stamp] < one[stamp] + minute);
            expect(inWindow.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(1000);
            if (stamp === 'start') expect(inWindow.length).toBeLessThanOrEqual(5);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('a provider that asks to slow down', () => {
  it('delays all calls for as long as it asks', async () => {
    const { ask, clock, limiter, names } = setUp({});
    limiter.slowDown(5000);
    const all = [...'abc'].map((name) => ask(name));
    await clock.advance(4999);
    expect(names()).toBe('');
    await clock.advance(1);
    await Promise.all(all);
    expect(names()).toBe('abc');
  });

  it('delays them for a growing while when it does not say how long, until a call goes through', async () => {
    const { ask, clock, limiter, started } = setUp({});
    const waits: number[] = [];
    for (const success of [false, false, false, true]) {
      const from = clock.now();
      for (let concurrent = 0; concurrent < 8; concurrent += 1) limiter.slowDown(null);
      const next = ask('x');
      await clock.advance(minute);
      await next;
      waits.push((started.at(-1)?.at ?? 0) - from);
      if (success) limiter.succeeded();
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000]);
    const from = clock.now();
    limiter.slowDown(null);
    const next = ask('x');
    await clock.advance(minute);
    await next;
    expect((started.at(-1)?.at ?? 0) - from).toBe(1000);
  });

  it('for longer than a minute is waited for durably: calls are turned away with the time left', async () => {
    const { ask, clock, limiter } = setUp({ rpm: 1 });
    await ask('a');
    const waiting = ask('b');
    const turnedAway = expect(waiting).rejects.toMatchObject({ retryAfterMs: 600_000 });
    limiter.slowDown(600_000);
    await turnedAway;
    await clock.advance(100_000);
    await expect(ask('c')).rejects.toThrow(RateLimiterClosed);
    await clock.advance(500_000);
    await ask('d');
  });

  it('with a 429 slows every call of the worker, and the waiting ones are sent when it is over', async () => {
    const endpoint = await startEndpoint();
    try {
      const clock = createManualClock();
      const client = endpoint.client({ rateLimiter: createRateLimiter({ rpm: null, tpm: null }, clock) });
      endpoint.respond(refusal(429, { message: 'slow' }, { 'retry-after': '5' }), json(200, completion()));
      await expect(client.complete(request, call())).rejects.toMatchObject({ retryAfterMs: 5000 });
      const others = [client.complete(request, call()), client.complete(request, call({ callId: 'other#1.0' }))];
      await clock.advance(4999);
      expect(endpoint.seen).toHaveLength(1);
      await clock.advance(1);
      await Promise.all(others);
      expect(endpoint.seen).toHaveLength(3);
      endpoint.respond(refusal(429, { message: 'slow' }, { 'retry-after': '300' }));
      await expect(client.complete(request, call())).rejects.toMatchObject({ retryAfterMs: 300_000 });
      await expect(client.complete(request, call())).rejects.toMatchObject({ type: 'model.rate-limited', lost: false });
      expect(endpoint.seen).toHaveLength(1);
    } finally {
      await endpoint.close();
    }
  });
});
