import { configOf } from '../../records/baselines';
import { profiles, RunConfig } from '../../records/run-config';

const models = { executor: 'm', diagnoser: 'm', accumulator: 'm', patcher: 'm' };
const paper = RunConfig.parse({
  ...{ ...profiles.paper, models, provider: 'https://llm.example/v1', benchmark: 'spreadsheetbench' },
  ...{ slowUpdate: true, epochs: 3 },
});

it('makes a one-pass revision one step in the usual order, whatever the profile and its slow updates', () => {
  expect(configOf('one-pass', paper)).toMatchObject({
    ...{ method: 'one-pass', batchSize: paper.trainTasks, epochs: 1, schedule: 'epoch', updates: null },
    ...{ firstStep: 'accumulate-first', slowUpdate: false },
    ...{ gate: { policy: 'none' }, confirmation: false, edits: null },
  });
});

it('leaves the settings of the other methods as they are', () => {
  for (const method of ['skillgrad', 'no-skill', 'seed-skill', 'one-shot'] as const) {
    expect(configOf(method, paper)).toEqual({ ...paper, method });
  }
});
