import fc from 'fast-check';
import { boundTokens, callSeed, canonicalRequest, upperBound } from '../../../agents/model/request';
import { noSpending } from '../../../records/usage';
import { request } from './endpoint';

describe('the canonical request', () => {
  it('is the same text whatever the order in which its parts were put together', () => {
    const { maxAnswerTokens, seed, tools, messages, model } = request;
    const shuffled = {
      maxAnswerTokens,
      seed,
      tools,
      messages: messages.map(({ content, role }) => ({ content, role })),
      model,
    };
    expect(canonicalRequest(shuffled as typeof request)).toBe(canonicalRequest(request));
  });

  it('keeps the order of the properties of a tool, which the model reads', () => {
    const parameters = { type: 'object', properties: { reason: {}, answer: {} } };
    const text = canonicalRequest({ ...request, tools: [{ name: 'a', description: '', parameters }] });
    expect(text).toContain('{"reason":{},"answer":{}}');
  });

  it('differs by seed, by temperature and by limit of the answer', () => {
    const variants = [
      request,
      { ...request, seed: 8 },
      { ...request, temperature: 0 },
      { ...request, maxAnswerTokens: 9 },
    ];
    expect(new Set(variants.map(canonicalRequest)).size).toBe(4);
  });

  it('has no tools key without tools, which some servers refuse when empty', () => {
    expect(canonicalRequest({ ...request, tools: [] })).not.toContain('tools');
  });

  it('wraps arguments that are no JSON object, and mends characters that were cut in half', () => {
    const toolCalls = [{ id: 'a', name: 'wave', arguments: '{"times":' }];
    const text = canonicalRequest({
      ...request,
      messages: [
        { role: 'assistant', content: '', toolCalls },
        { role: 'tool', callId: 'a', content: 'cut \ud83d' },
      ],
    });
    const body = JSON.parse(text) as {
      messages: { content: string; tool_calls?: { function: { arguments: string } }[] }[];
    };
    expect(JSON.parse(body.messages[0]?.tool_calls?.[0]?.function.arguments ?? '')).toEqual({
      unreadable: '{"times":',
    });
    expect(body.messages[1]?.content).toBe('cut \ufffd');
  });
});

/** The names under which calls of these tools are sent back to the model. */
function sentNames(names: string[]): (string | undefined)[] {
  const toolCalls = names.map((name, index) => ({ id: `call-${index}`, name, arguments: '{}' }));
  const text = canonicalRequest({ ...request, messages: [{ role: 'assistant', content: '', toolCalls }] });
  const body = JSON.parse(text) as { messages: { tool_calls: { function: { name: string } }[] }[] };
  return (body.messages[0]?.tool_calls ?? []).map((call) => call.function.name);
}

describe('the name of a called tool', () => {
  it('is sent as it is where it may be one', () => {
    const names = ['run_code', 'read-file', 'Z9', 'a'.repeat(64)];
    expect(sentNames(names)).toEqual(names);
  });

  it('is one that providers accept, whatever a model has made up', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 200 }));
    fc.assert(fc.property(text, (name) => expect(sentNames([name])[0]).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)));
    expect(sentNames(['multi_tool_use.parallel', ''])).toEqual(['multi_tool_use_parallel', 'unknown']);
  });
});

describe('the upper bound of a call', () => {
  const wide = { ...request, messages: [{ role: 'user' as const, content: '€'.repeat(1000) }] };

  it('counts the UTF-8 bytes of the request and the whole answer', () => {
    const bound = boundTokens(wide);
    expect(bound.inputTokens).toBeGreaterThan(3000);
    expect(bound.inputTokens).toBeLessThan(3400);
    expect(upperBound(wide, null)).toEqual({ calls: 1, tokens: bound.inputTokens + 100, costUsd: null });
  });

  it('costs what its tokens cost, and an unknown price is never 0', () => {
    const price = { inputUsd: 1, outputUsd: 10, cachedUsd: 0.1, label: 'test' };
    expect(upperBound(wide, price).costUsd).toBeCloseTo((boundTokens(wide).inputTokens + 1000) / 1e6, 12);
    expect(upperBound(wide, null).costUsd).not.toBe(noSpending.costUsd);
  });
});

describe('the seed of a call', () => {
  it('is a positive 31-bit number that differs by every part of its place', () => {
    const seeds = [
      callSeed(0, 'executor', 't1', 0, 1, 0),
      callSeed(1, 'executor', 't1', 0, 1, 0),
      callSeed(0, 'patcher', 't1', 0, 1, 0),
      callSeed(0, 'executor', 't2', 0, 1, 0),
      callSeed(0, 'executor', 't1', 1, 1, 0),
      callSeed(0, 'executor', 't1', 0, 2, 0),
      callSeed(0, 'executor', 't1', 0, 1, 1),
    ];
    expect(new Set(seeds).size).toBe(seeds.length);
    for (const seed of seeds) {
      expect(Number.isInteger(seed)).toBe(true);
      expect(seed).toBeGreaterThan(0);
      expect(seed).toBeLessThanOrEqual(0x7fff_ffff);
    }
  });

  it('is the same on every machine', () => {
    expect(callSeed(0, 'executor', 't1', 0, 1, 0)).toBe(callSeed(0, 'executor', 't1', 0, 1, 0));
    expect(callSeed(42, 'diagnoser', 'Müller', 3, 7, 2)).toBe(286_944_468);
  });
});
