import { changeOf, settable } from '../../cli/options/settings-change';
import type { RunSettings } from '../../cli/options/run-settings';
import { RunConfig } from '../../records/run-config';
import { describeChange, SettingsChange, settingsLine, settingsProblem, withChange } from '../../records/settings';
import { lightConfig } from '../end-to-end/deployment';

const config = lightConfig('https://models.example/v1');

it('refuses by name every setting that stays as it is, with what can be done instead', () => {
  const fixed = Object.keys(RunConfig.shape).filter((name) => !(name in SettingsChange.shape));
  expect(fixed).toEqual(expect.arrayContaining(['seed', 'batchSize', 'gate', 'sandbox', 'benchmark', 'budget']));
  for (const name of fixed) {
    expect(settingsProblem({ concurrency: 2, [name]: 1 })).toMatch(
      new RegExp(`^${name} can't change under way: .*skillgrad|^notify`),
    );
  }
  expect(settingsProblem({ speed: 3 })).toMatch(/^no setting speed: set models, /);
});

it('refuses values out of range with the field, and takes the others', () => {
  for (const [change, field] of [
    [{ concurrency: 0 }, 'concurrency'],
    [{ patience: 1.5 }, 'patience'],
    [{ models: { judge: 'm' } }, 'models'],
    [{ models: { patcher: '' } }, 'models.patcher'],
    [{ edits: { first: 0, last: 1 } }, 'edits.first'],
    [{ maxTurns: { patcher: 3 } }, 'maxTurns'],
  ] as const) {
    expect(settingsProblem(change)).toMatch(new RegExp(`^${field}[.:]`));
  }
  expect(settingsProblem({ patience: null, edits: null, rpm: 5, models: { patcher: 'm' } })).toBeNull();
});

it('changes what is given alone, and says from what to what, by whom and since when', () => {
  const change = {
    models: { patcher: 'large' },
    patience: 3,
    prices: { large: { inputUsd: 2, outputUsd: 8, label: 'x' } },
  };
  const after = withChange(config, change);
  expect(after).toEqual({
    ...config,
    models: { ...config.models, patcher: 'large' },
    patience: 3,
    prices: { ...config.prices, ...change.prices },
  });
  const changed = describeChange(change, config);
  expect(changed).toEqual([
    'model of the patcher large (was simulated)',
    'patience 3 (was never)',
    'price of large $2/$8',
  ]);
  const of = { ...config, edits: { first: 4, last: 2, schedule: 'cosine' as const } };
  expect(describeChange({ edits: { first: 2, last: 2, schedule: 'constant' } }, of)).toEqual([
    'edits 2 (was 4:2:cosine)',
  ]);
  expect(describeChange({ edits: null, patience: null }, of)).toEqual(
    expect.arrayContaining(['edits unlimited (was 4:2:cosine)']),
  );
  const record = { by: 'kim', note: 'why not', change, changed: ['patience 3'] };
  expect(settingsLine({ ...record, since: { stage: 'epochs', epoch: 2, step: 7 } })).toBe(
    'from epoch 2, step 7 on: patience 3; set by kim ("why not")',
  );
  expect(settingsLine({ ...record, since: null })).toMatch(/^from the next step on/);
});

it('makes a change of flags: those alone that are given, and none that a run cannot take', () => {
  const of = (settings: RunSettings, over: Partial<RunConfig> = {}) => changeOf(settings, { ...config, ...over });
  expect(of({ concurrency: 3, 'max-turns': 9, patience: null })).toEqual({
    concurrency: 3,
    patience: null,
    maxTurns: { executor: 9 },
  });
  expect(of({ model: ['one', 'patcher=two'] })).toEqual({
    models: { executor: 'one', diagnoser: 'one', accumulator: 'one', patcher: 'two' },
  });
  expect(() => of({})).toThrow(/^Say what to set: --concurrency/);
  expect(() => of({ seed: 1 })).toThrow(/^--seed: it can't change/);
  expect(() => of({ 'budget-usd': 1 })).toThrow(/skillgrad budget/);
  const capped = { budget: { ...config.budget, costUsd: 1 } };
  expect(() => of({ model: ['patcher=unknown'] }, capped)).toThrow(/no price is known.*--price unknown=IN\/OUT/);
  expect(of({ model: ['patcher=unknown'], price: ['unknown=1/2'] }, capped).prices).toMatchObject({
    unknown: { inputUsd: 1 },
  });
  expect(settable).toContain('concurrency');
});
