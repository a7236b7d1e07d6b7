import { journaledTurns } from './call-accounts';
import { deploy, type Deployment } from './deployment';
import { outcomeOf } from './run-outcome';
import { waitForProgress } from './wait-for-progress';

jest.setTimeout(300_000);

let deployment: Deployment;
beforeAll(async () => {
  deployment = await deploy();
  await deployment.startWorker();
});
afterAll(() => deployment.stop());

const spentOn = (run: string): { calls: number; costUsd: number } => {
  const turns = journaledTurns(deployment.home.store, run);
  return { calls: turns.length, costUsd: turns.reduce((sum, { spending }) => sum + (spending.costUsd ?? NaN), 0) };
};

it('never spends more than a dollar cap, pauses there, and comes to the same end once it is raised', async () => {
  await deployment.startRun('free');
  const expected = await outcomeOf(deployment, 'free');
  const costUsd = 0.3 * spentOn('free').costUsd;

  await deployment.startRun('capped', { budget: { costUsd, calls: null, tokens: null, hours: null } });
  const { pause } = await waitForProgress(deployment, 'capped', (progress) => progress.pause !== null);
  expect(pause?.kind).toBe('budget.spent');
  expect(spentOn('capped').costUsd).toBeLessThanOrEqual(costUsd);
  const handle = deployment.client.workflow.getHandle('capped');
  await handle.executeUpdate('addBudget', { args: [{ by: 'test', costUsd: 100 }] });
  expect(await outcomeOf(deployment, 'capped')).toEqual(expected);
});

it('never makes more calls than a cap on calls allows', async () => {
  await deployment.startRun('few-calls', { budget: { costUsd: null, calls: 25, tokens: null, hours: null } });
  const { pause, spending } = await waitForProgress(deployment, 'few-calls', (progress) => progress.pause !== null);
  expect(pause?.kind).toBe('budget.spent');
  expect(spentOn('few-calls').calls).toBeLessThanOrEqual(25);
  expect(spending.calls).toBe(spentOn('few-calls').calls);
  const asked = Object.keys(deployment.simulator.stats().byCall).filter((call) => call.startsWith('few-calls/'));
  expect(asked.length).toBeLessThanOrEqual(25);
  const handle = deployment.client.workflow.getHandle('few-calls');
  await expect(handle.executeUpdate('addBudget', { args: [{ by: 'test', costUsd: 1 }] })).rejects.toThrow();

  // Told to stop, it delivers what it has, since nothing more can be paid for.
  await handle.executeUpdate('stop', { args: [{ by: 'test' }] });
  const result = await deployment.result('few-calls');
  expect(result.finalSkill).toBe(result.seedSkill);
  expect(result.heldOut.after.tasks).toBeLessThan(4);
  expect(result.note).toMatch(/told to stop with its budget spent/);
  expect(spentOn('few-calls').calls).toBeLessThanOrEqual(25);
});

it('delivers the best version of a run that is told to stop at its cap in a later step', async () => {
  const { calls } = spentOn('free');
  const cap = Math.round(0.8 * calls);
  await deployment.startRun('late-stop', { budget: { costUsd: null, calls: cap, tokens: null, hours: null } });
  await waitForProgress(deployment, 'late-stop', (progress) => progress.pause?.kind === 'budget.spent');
  await deployment.client.workflow.getHandle('late-stop').executeUpdate('stop', { args: [{ by: 'test' }] });
  const { steps, finalSkill } = await deployment.result('late-stop');
  const best = steps.findLast(({ accepted }) => accepted)?.skill;
  expect(best).toBeDefined();
  expect(finalSkill).toBe(best);
});
