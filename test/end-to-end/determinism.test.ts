import { deploy, type Deployment } from './deployment';
import { outcomeOf } from './run-outcome';

jest.setTimeout(300_000);

let deployment: Deployment;
beforeAll(async () => {
  deployment = await deploy();
  await deployment.startWorker();
});
afterAll(() => deployment.stop());

it('ends with the same skill, momentum and decisions at concurrency 1 and 8', async () => {
  await deployment.startRun('one', { concurrency: 1 });
  const one = await outcomeOf(deployment, 'one');
  await deployment.startRun('eight', { concurrency: 8 });
  expect(await outcomeOf(deployment, 'eight')).toEqual(one);
  expect(one.finalSkill).not.toBe((await deployment.result('one')).seedSkill);
});

it('ends with other decisions under another seed', async () => {
  await deployment.startRun('seed-1');
  await deployment.startRun('seed-2', { seed: 2 });
  const [first, second] = await Promise.all([outcomeOf(deployment, 'seed-1'), outcomeOf(deployment, 'seed-2')]);
  expect(second.steps).not.toEqual(first.steps);
});
