import { readState } from '../../workers/state-file';
import { ServerState } from '../../workers/server-state';
import { seededRandom } from '../../records/seeded';
import { accountCalls } from './call-accounts';
import { crashPoints, reach, type CrashPoint } from './crash-points';
import { deploy, type Deployment } from './deployment';
import { outcomeOf, type RunOutcome } from './run-outcome';

jest.setTimeout(600_000);

let deployment: Deployment;
let undisturbed: RunOutcome;

beforeAll(async () => {
  deployment = await deploy({ latencyMs: 40 });
  await deployment.startWorker();
  await deployment.startRun('undisturbed');
  undisturbed = await outcomeOf(deployment, 'undisturbed');
});
afterAll(() => deployment.stop());

/** Which occurrence of the point is hit; early ones, so that every run has them. */
const occurrence = (what: string, point: CrashPoint): number =>
  1 + Math.floor(seededRandom('crash', what, point)() * 2);

async function expectUnharmed(run: string): Promise<void> {
  expect(await outcomeOf(deployment, run)).toEqual(undisturbed);
  const { repeated, lost } = accountCalls(deployment, run);
  expect(repeated).toEqual([]);
  // One answer at most is lost for each activity that was running.
  expect(lost.length).toBeLessThanOrEqual(8);
}

describe.each(crashPoints)('killed at the point %s', (point) => {
  it('goes on after kill -9 of the worker without repeating a completed call', async () => {
    const run = `worker-${point}`;
    const worker = await deployment.startWorker();
    await deployment.startRun(run);
    await reach(deployment, run, point, occurrence('worker', point));
    await worker.kill();
    await deployment.startWorker();
    await expectUnharmed(run);
  });

  it('goes on after kill -9 of the Temporal server', async () => {
    const run = `server-${point}`;
    await deployment.startWorker();
    await deployment.startRun(run);
    await reach(deployment, run, point, occurrence('server', point));
    const server = await readState(deployment.home.temporal.state, ServerState);
    process.kill(server?.pid ?? 0, 'SIGKILL');
    await expectUnharmed(run);
  });
});
