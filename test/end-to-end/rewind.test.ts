import { WorkflowNotFoundError } from '@temporalio/client';
import { keptHistories } from '../../cli/runs/kept-histories';
import { rewindRun } from '../../cli/runs/rewind-run';
import { accountCalls } from './call-accounts';
import { deploy, type Deployment } from './deployment';
import { outcomeOf } from './run-outcome';
import { waitForProgress } from './wait-for-progress';

jest.setTimeout(300_000);

const config = { epochs: 2, budget: { costUsd: null, calls: 5000, tokens: null, hours: null } };

let deployment: Deployment;
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
  await waitForProgress(deployment, 'back', ({ epoch, tasksDone }) => epoch === 2 && tasksDone > 0);
  const handle = client.workflow.getHandle('back');
  const left = await client.workflow.getHandle('back/epoch-2').describe();
  await handle.executeUpdate('addBudget', { args: [{ by: 'test', calls: 7 }] });
  await handle.executeUpdate('stop', { args: [{ by: 'test' }] });
  await handle.executeUpdate('pause', { args: [{ by: 'test' }] });

  const discarded = await rewindRun(client, store, 'back', 2, 'to be tried again');
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

it('says what can be done instead once the server has deleted the history', async () => {
  const { client, store } = deployment;
  await expect(rewindRun(client, store, 'whole', 9, undefined)).rejects.toThrow(/--epoch 9: .*has not begun/);
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
