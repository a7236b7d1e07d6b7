import { impossibleSetting } from '../../activities/impossible-setting';
import { splitTasks } from '../../activities/split';
import { profiles, RunConfig } from '../../records/run-config';

const tasks = Array.from({ length: 48 }, (_, index) => `task-${index}`);

function problem(over: Partial<RunConfig>): string | null {
  const config = RunConfig.parse({
    ...profiles.demo,
    ...{ benchmark: 'spreadsheetbench', provider: 'simulator:1' },
    models: { executor: 'm', diagnoser: 'm', accumulator: 'm', patcher: 'm' },
    ...over,
  });
  return impossibleSetting(config, splitTasks(tasks, config));
}

it('is found from the tasks that the split has really made, and never in a baseline, which has no gate', () => {
  expect(problem({})).toBeNull();
  const tooFew: Partial<RunConfig> = { validationTasks: 1 };
  expect(problem(tooFew)).toMatch(/a lead of \+2 can't be reached on 1 validation task;/);
  expect(problem({ ...tooFew, method: 'seed-skill' })).toBeNull();
  const fixed: Partial<RunConfig> = { schedule: 'fixed-updates', updates: 2, trainTasks: 30, trainingPool: 5 };
  expect(problem({ ...fixed, batchSize: 6 })).toMatch(/full batch of 6 is larger than the 5 training tasks/);
  expect(problem({ ...fixed, batchSize: 5 })).toBeNull();
});
