import { WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';
import { firstStart } from '../../cli/runs/first-start';
import { keptHistories } from '../../cli/runs/kept-histories';
import { rewindRun } from '../../cli/runs/rewind-run';
import { readRunResult, readRunState } from '../../cli/runs/run-state';
import { ArtifactRef } from '../../records/artifact';
import { RunResult, type Progress } from '../../records/progress';
import { toNanoUsd } from '../../records/usage';
import { accountCalls } from './call-accounts';
import { deploy, type Deployment } from './deployment';
import { owedBy, pricedCalls } from './priced-calls';
import { outcomeOf } from './run-outcome';
import { waitForProgress } from './wait-for-progress';

jest.setTimeout(300_000);

const rewinding = ({ pause }: Progress): boolean => pause?.kind === 'run.rewinding';
const config = { epochs: 2, budget: { costUsd: null, calls: 5000, tokens: null, hours: null } };

let deployment: Deployment;
/** Of the run that is taken back, before that. */
let firstRunId = '';
beforeAll(async () => {
  deployment = await deploy({ latencyMs: 20 });
  await deployment.startWorker();
});
afterAll(() => deployment.stop());

it('takes a run in its second epoch back to the start of that epoch, without what it was told since', async () => {
  const { client, store } = deployment;
  await deployment.startRun('whole', config);
  const expected = await outcomeOf(deployment, 'whole');
  await deployment.startRun('back', config);
  firstRunId = (await client.workflow.getHandle('back').describe()).runId;
  await waitForProgress(deployment, 'back', ({ epoch, tasksDone }) => epoch === 2 && tasksDone > 0);
  const handle = client.workflow.getHandle('back');
  const left = await client.workflow.getHandle('back/epoch-2').describe();
  await handle.executeUpdate('addBudget', { args: [{ by: 'test', calls: 7 }] });
  await handle.executeUpdate('stop', { args: [{ by: 'test' }] });
  await handle.executeUpdate('pause', { args: [{ by: 'test' }] });

  const { discarded, ...given } = await rewindRun(client, store, 'back', 2, 'to be tried again');
  expect(given).toEqual({
    undone: ['budget raised by test (7 calls)', 'told to stop by test', 'paused by test'],
    ended: null,
  });
  expect(discarded.calls).toBeGreaterThan(0);
  expect((await client.workflow.getHandle('back/epoch-2', left.runId).describe()).status.name).toBe('TERMINATED');
  // Neither paused nor stopped, it comes to the end of an undisturbed run.
  expect(await outcomeOf(deployment, 'back')).toEqual(expected);
  const { completed, repeated, lost } = accountCalls(deployment, 'back');
  expect(repeated).toEqual([]);
  // What was spent before is in the books of the run; a call that was under way counts in full.
  const { spending } = await deployment.result('back');
  expect(spending.calls).toBeGreaterThanOrEqual(completed + lost.length);
  expect(spending.calls).toBeLessThanOrEqual(completed + 8);
});

it('takes back a run that has ended: it runs again, and what it comes to then is its result', async () => {
  const { client, store, home } = deployment;
  const before = await readRunResult(client, 'back', home);
  const began = (await client.workflow.getHandle('back', firstRunId).describe()).startTime;
  const { discarded, ended } = await rewindRun(client, store, 'back', 2, undefined);
  expect(ended).toBe('COMPLETED');
  expect(await firstStart(client, home, await client.workflow.getHandle('back').describe())).toEqual(began);
  expect((await readRunState(client, await client.workflow.getHandle('back').describe())).phase).toBe('running');
  const { steps, finalSkill } = await outcomeOf(deployment, 'back');
  const after = await readRunResult(client, 'back', home);
  expect([finalSkill, steps]).toEqual([before.finalSkill, before.steps]);
  // No call was made for it; the books say what both ways through the epoch have cost.
  expect(after.spending.calls).toBe(before.spending.calls);
  expect(after.spending.calls).toBeGreaterThanOrEqual(discarded.calls);
  const { runId } = await client.workflow.getHandle('back').describe();
  const kept = await store.readNamed(z.object({ result: ArtifactRef }), `runs/back/result-${runId}`);
  expect(await store.getJson(RunResult, kept?.result ?? '')).toEqual(after);
});

it('keeps a cap on dollars that is all but spent when a run is rewound, however late its books are told', async () => {
  const { client, store } = deployment;
  const { startTime } = await client.workflow.getHandle('whole/epoch-2').describe();
  const before = pricedCalls(deployment, 'whole').findLast(({ arrivedAtMs }) => arrivedAtMs < startTime.getTime());
  const costUsd = toNanoUsd((before?.sum.costUsd ?? NaN) + 0.12);
  await deployment.startRun('tight', { ...config, budget: { costUsd, calls: null, tokens: null, hours: null } });
  await waitForProgress(deployment, 'tight', ({ epoch, pause }) => epoch === 2 && pause?.kind === 'budget.spent');
  // Broken off once the history is cut off, as by kill -9: the run waits for its books, and a second rewind brings them.
  const brokenOff: typeof store = {
    ...store,
    listNamed: (name) => (name === 'journal/tight' ? Promise.reject(new Error('killed')) : store.listNamed(name)),
  };
  await expect(rewindRun(client, brokenOff, 'tight', 2, undefined)).rejects.toThrow('killed');
  const { pause } = await waitForProgress(deployment, 'tight', rewinding);
  expect(pause?.fix).toContain('`skillgrad rewind');
  const late: typeof store = {
    ...store,
    listNamed: async (name) => {
      if (name === 'journal/tight') await waitForProgress(deployment, 'tight', rewinding, 30_000);
      return store.listNamed(name);
    },
  };
  await rewindRun(client, late, 'tight', 2, undefined);
  await waitForProgress(deployment, 'tight', ({ epoch, pause }) => epoch === 2 && pause?.kind === 'budget.spent');
  const calls = pricedCalls(deployment, 'tight');
  expect(calls.at(-1)?.sum.costUsd).toBeLessThanOrEqual(costUsd);
  const handle = client.workflow.getHandle('tight');
  await handle.executeUpdate('addBudget', { args: [{ by: 'test', costUsd: 10 }] });
  expect(await outcomeOf(deployment, 'tight')).toEqual(await outcomeOf(deployment, 'whole'));
  expect((await deployment.result('tight')).spending).toEqual(owedBy(deployment, 'tight').all);
});

it('says what can be done instead once the server has deleted the history', async () => {
  const { client, store } = deployment;
  await expect(rewindRun(client, store, 'whole', 9, undefined)).rejects.toThrow(
    /--epoch 9: run whole has begun the epochs 1, 2/,
  );
  expect(await keptHistories(client, store, 'whole', 30_000)).toMatchObject({ missing: 0 });
  const workflowExecution = { workflowId: 'whole', runId: (await client.workflow.getHandle('whole').describe()).runId };
  await client.workflowService.deleteWorkflowExecution({ namespace: 'default', workflowExecution });
  const gone = async (): Promise<boolean> => {
    try {
      await client.workflow.getHandle('whole').describe();
      return false;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return true;
      throw error;
    }
  };
  while (!(await gone())) await new Promise((resolve) => setTimeout(resolve, 100));
  await expect(rewindRun(client, store, 'whole', 2, undefined)).rejects.toThrow(
    /retention.*skillgrad fork whole --epoch 2/,
  );
});
