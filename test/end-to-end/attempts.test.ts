import { accountCalls } from './call-accounts';
import { reach } from './crash-points';
import { deploy, type Deployment } from './deployment';
import { outcomeOf } from './run-outcome';

jest.setTimeout(300_000);

let deployment: Deployment;
beforeAll(async () => {
  deployment = await deploy({ latencyMs: 100 });
});
afterAll(() => deployment.stop());

it('makes no further call from a worker that slept through its heartbeats while another took over', async () => {
  // One activity at a time: a stopped worker's open polls would otherwise swallow the retries.
  const sleeper = await deployment.startWorker('sleeper', { SKILLGRAD_CONCURRENCY: '1' });
  await deployment.startRun('zombie', { concurrency: 4 });
  await reach(deployment, 'zombie', 'mid-turn', 1);
  sleeper.signal('SIGSTOP');
  const stoppedMs = Date.now();
  await deployment.startWorker('successor');
  const outcome = await outcomeOf(deployment, 'zombie');
  const before = deployment.simulator.stats().arrivals;
  expect(Date.now() - stoppedMs).toBeGreaterThan(5000);

  sleeper.signal('SIGCONT');
  await new Promise((resolve) => setTimeout(resolve, 4000));
  expect(deployment.simulator.stats().arrivals).toBe(before);
  const { repeated, lost } = accountCalls(deployment, 'zombie');
  expect(repeated).toEqual([]);
  expect(lost.length).toBeLessThanOrEqual(1);

  await deployment.startRun('undisturbed');
  expect(await outcomeOf(deployment, 'undisturbed')).toEqual(outcome);
});
