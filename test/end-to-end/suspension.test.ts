import { workersOf } from '../../cli/runs/worker-list';
import { readState } from '../../workers/state-file';
import { ServerState } from '../../workers/server-state';
import { commandLine, until } from '../cli/command-line';
import { accountCalls } from './call-accounts';
import { reach } from './crash-points';
import { deploy, type Deployment } from './deployment';
import { outcomeOf } from './run-outcome';

jest.setTimeout(300_000);

/** Beyond the timeouts of calls, heartbeats and workflow tasks. */
const sleepMs = 12_000;

let deployment: Deployment;
beforeAll(async () => {
  deployment = await deploy({ latencyMs: 50 });
});
afterAll(() => deployment.stop());

it('goes on by itself after everything has slept, as on a laptop, and shows a worker that sleeps', async () => {
  const worker = await deployment.startWorker();
  const server = await readState(deployment.home.temporal.state, ServerState);
  if (server === null) throw new Error('there is no server');
  const shown = async () => (await workersOf(deployment.home, deployment.taskQueue, Date.now()))[0];
  await deployment.startRun('asleep', { callTimeoutMs: 5000, pauseAfterMs: 5000 });
  const watching = commandLine(deployment.home.root, deployment.home).start(['watch', 'asleep', '--json']);
  await reach(deployment, 'asleep', 'mid-turn', 1);
  expect(await shown()).toMatchObject({ condition: 'serving', pid: worker.workerPid });

  const signal = (name: NodeJS.Signals): void => {
    worker.signal(name);
    for (const pid of [server.supervisorPid, server.pid]) process.kill(pid, name);
    watching.child.kill(name);
  };
  signal('SIGSTOP');
  try {
    await new Promise((resolve) => setTimeout(resolve, sleepMs));
    expect(await shown()).toMatchObject({ condition: 'silent' });
  } finally {
    signal('SIGCONT');
  }
  const outcome = await outcomeOf(deployment, 'asleep');
  const { code, stdout } = await watching.ended;
  expect([code, JSON.parse(stdout.trim().split('\n').at(-1) ?? '')]).toMatchObject([0, { phase: 'ended' }]);
  expect(await shown()).toMatchObject({ condition: 'serving' });
  expect(accountCalls(deployment, 'asleep').repeated).toEqual([]);

  process.kill(worker.pid, 'SIGTERM');
  await until('the drained worker is off the list', async () => (await shown()) === undefined);

  await deployment.startWorker();
  await deployment.startRun('undisturbed');
  expect(await outcomeOf(deployment, 'undisturbed')).toEqual(outcome);
});
