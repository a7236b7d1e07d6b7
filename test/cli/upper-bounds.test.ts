import { boundsText, checkSpending, upperBounds } from '../../cli/runs/upper-bounds';
import { configOf } from '../../records/baselines';
import type { Method } from '../../records/run-config';
import { profiles, RunConfig } from '../../records/run-config';

const sizes = { training: 10, validation: 6, heldOut: 8 };
const maxTurns = { executor: 5, diagnoser: 3, accumulator: 2, patcher: 4 };

/** Only the executor's model has a price. */
const bounded = (method: Method, over: Partial<RunConfig> = {}) => {
  const config = configOf(
    method,
    RunConfig.parse({
      ...{ ...profiles.default, benchmark: 'custom', provider: 'https://llm.example/v1', maxTurns },
      models: { executor: 'priced', diagnoser: 'unheard-of', accumulator: 'unheard-of', patcher: 'unheard-of' },
      prices: { priced: { inputUsd: 1, outputUsd: 2, label: 'given' } },
      budget: { costUsd: 5, calls: null, tokens: null, hours: null },
      ...{ trainTasks: 4, batchSize: 2, epochs: 2, ...over },
    }),
  );
  return { config, bounds: upperBounds(config, sizes) };
};

it.each<[Method, Record<string, number>]>([
  ['seed-skill', { executor: 8 * 5, diagnoser: 0, accumulator: 0, patcher: 0 }],
  ['no-skill', { executor: 2 * 8 * 5, diagnoser: 0, accumulator: 0, patcher: 0 }],
  ['one-shot', { executor: 2 * 8 * 5, diagnoser: 0, accumulator: 0, patcher: 4 }],
  ['one-pass', { executor: (10 + 4 + 2 * 8) * 5, diagnoser: 4 * 3, accumulator: 2, patcher: 4 }],
  ['skillgrad', { executor: (10 + 8 + 2 * (4 * 6 + 6 + 8)) * 5, diagnoser: 8 * 3, accumulator: 4 * 2, patcher: 4 * 4 }],
])('%s: the most calls of each role', (method, callsByRole) => {
  const { bounds } = bounded(method);
  expect(bounds.callsByRole).toEqual(callsByRole);
  expect(bounds.calls).toBe(Object.values(callsByRole).reduce((sum, calls) => sum + calls));
});

it.each<Method>(['no-skill', 'seed-skill'])('%s: a budget needs no price of a role that is never called', (method) => {
  const { config, bounds } = bounded(method);
  expect(bounds.costUsd).toBeGreaterThan(0);
  expect(() => checkSpending(bounds, config, false)).not.toThrow();
  const text = boundsText(bounds, config).join('\n');
  expect(text).toContain(`calls   ${bounds.calls} (executor ${bounds.calls})`);
  expect(text).not.toContain('unheard-of');
});

it('asks for a budget when a model that is called has a price, and not for one that is not called', () => {
  const uncapped = { budget: { costUsd: null, calls: null, tokens: null, hours: null } };
  const paid = bounded('seed-skill', uncapped);
  expect(() => checkSpending(paid.bounds, paid.config, false)).toThrow(/no budget/);
  const free = bounded('seed-skill', {
    ...uncapped,
    models: { executor: 'unheard-of', diagnoser: 'priced', accumulator: 'priced', patcher: 'priced' },
  });
  expect(free.bounds.costUsd).toBeNull();
  expect(() => checkSpending(free.bounds, free.config, false)).not.toThrow();
});

it.each<Method>(['skillgrad', 'one-pass', 'one-shot'])(
  '%s: a budget needs the prices of all that it calls',
  (method) => {
    const { config, bounds } = bounded(method);
    expect(bounds.costUsd).toBeNull();
    expect(() => checkSpending(bounds, config, false)).toThrow(/^--budget-usd \d.*no price is known for unheard-of/);
    // A replay or fork takes its origin's cap over.
    expect(() => checkSpending(bounds, config, false, 'origin')).toThrow(/^The cap of .* from run origin: no price is/);
  },
);
