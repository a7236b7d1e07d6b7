import { costOf, priceOf } from '../../../agents/model/prices';

const openai = 'https://api.openai.com/v1';
const usage = { inputTokens: 1_000_000, outputTokens: 100_000, cachedTokens: 400_000 };

describe('the price of a model', () => {
  it('comes from the bundled data of the provider that the base URL names', () => {
    expect(priceOf('gpt-4o-mini', openai, {})).toEqual({
      inputUsd: 0.15,
      outputUsd: 0.6,
      cachedUsd: 0.075,
      label: 'openai gpt-4o-mini (@pydantic/genai-prices)',
    });
  });

  it("is the user's own where the table has one", () => {
    const table = { 'gpt-4o-mini': { inputUsd: 1, outputUsd: 2, label: 'our contract' } };
    expect(priceOf('gpt-4o-mini', openai, table)).toEqual({ ...table['gpt-4o-mini'], cachedUsd: null });
    expect(priceOf('gpt-4o-mini', 'simulator:1', table)?.label).toBe('our contract');
  });

  it.each([
    ['a model that nobody lists', 'nobody/knows', openai],
    ['a listed model on a server of our own', 'gpt-4o-mini', 'http://localhost:8000/v1'],
    ['the simulator', 'gpt-4o-mini', 'simulator:1'],
    ['a model that is also priced by the request', 'sonar', 'https://api.perplexity.ai'],
    ['a name that every object has', 'constructor', openai],
  ])('is unknown for %s', (_, model, provider) => {
    expect(priceOf(model, provider, {})).toBeNull();
  });

  it('is the highest where it depends on the length of the prompt', () => {
    const price = priceOf('gemini-2.5-pro', 'https://generativelanguage.googleapis.com/v1beta/openai/', {});
    expect(price).toMatchObject({ inputUsd: 2.5, outputUsd: 15 });
  });

  it('is the highest where it depends on the time of day, at any time of day', () => {
    const at = (hour: string) =>
      priceOf('deepseek-chat', 'https://api.deepseek.com', {}, new Date(`2025-06-02T${hour}:00:00Z`));
    expect(at('20')).toEqual(at('10'));
    expect(at('20')).toMatchObject({ inputUsd: 0.27, outputUsd: 1.1 });
  });
});

describe('the cost of tokens', () => {
  it('counts cached input at its own price', () => {
    expect(costOf(usage, { inputUsd: 1, outputUsd: 10, cachedUsd: 0.1, label: '' })).toBeCloseTo(0.6 + 0.04 + 1, 12);
  });

  it('counts cached input as other input where no price of its own is known', () => {
    expect(costOf(usage, { inputUsd: 1, outputUsd: 10, cachedUsd: null, label: '' })).toBeCloseTo(2, 12);
  });

  it('is unknown without a price, and 0 only at a price of 0', () => {
    expect(costOf(usage, null)).toBeNull();
    expect(costOf(usage, { inputUsd: 0, outputUsd: 0, cachedUsd: null, label: 'own machine' })).toBe(0);
  });
});
