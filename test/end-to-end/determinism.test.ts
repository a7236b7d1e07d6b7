import { deploy, type Deployment } from './deployment';
import { outcomeOf, type RunOutcome } from './run-outcome';

jest.setTimeout(300_000);

let deployment: Deployment;
let oneByOne: RunOutcome;
beforeAll(async () => {
  deployment = await deploy();
  await deployment.startWorker();
  await deployment.startRun('one', { concurrency: 1 });
  oneByOne = await outcomeOf(deployment, 'one');
});
afterAll(() => deployment.stop());

it('ends with the same skill, momentum and decisions at concurrency 1 and 8', async () => {
  await deployment.startRun('eight', { concurrency: 8 });
  expect(await outcomeOf(deployment, 'eight')).toEqual(oneByOne);
  expect(oneByOne.finalSkill).not.toBe((await deployment.result('one')).seedSkill);
});

it('ends with other decisions under another seed', async () => {
  await deployment.startRun('other-seed', { seed: 2 });
  expect((await outcomeOf(deployment, 'other-seed')).steps).not.toEqual(oneByOne.steps);
});
