import { RunConfig, profiles } from '../records/run-config';
import { addSpending, covers, unlimited } from '../records/usage';

describe('run profiles', () => {
  it.each(Object.entries(profiles))('%s is a complete, valid configuration once models are named', (_name, profile) => {
    const models = { executor: 'm', diagnoser: 'm', accumulator: 'm', patcher: 'm' };
    const config = RunConfig.parse({
      ...profile,
      models,
      provider: 'https://llm.example/v1',
      benchmark: 'spreadsheetbench',
    });
    expect(config.maxTurns.executor).toBe(30);
  });
});

describe('the schedule of a configuration', () => {
  const models = { executor: 'm', diagnoser: 'm', accumulator: 'm', patcher: 'm' };
  const base = { ...profiles.default, models, provider: 'https://llm.example/v1', benchmark: 'custom' };

  it.each([
    [{ schedule: 'fixed-updates' }, /schedule fixed-updates: expected a number of steps as updates, got null/],
    [{ schedule: 'epoch', updates: 3 }, /schedule epoch: expected null as updates, got 3/],
  ])('is refused when its number of updates is missing or idle: %j', (over, message) => {
    expect(() => RunConfig.parse({ ...base, ...over })).toThrow(message);
  });

  it('takes fixed updates with their number', () => {
    expect(RunConfig.parse({ ...base, schedule: 'fixed-updates', updates: 3 }).updates).toBe(3);
  });
});

describe('spending', () => {
  it('keeps an unknown price unknown instead of counting it as nothing', () => {
    const sum = addSpending({ calls: 1, tokens: 10, costUsd: null }, { calls: 1, tokens: 5, costUsd: 1 });
    expect(sum).toEqual({ calls: 2, tokens: 15, costUsd: null });
    expect(covers({ ...unlimited, costUsd: 100 }, sum)).toBe(false);
    expect(covers(unlimited, sum)).toBe(true);
  });
});
