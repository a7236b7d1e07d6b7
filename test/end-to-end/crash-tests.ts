import { seededRandom } from '../../records/seeded';
import { accountCalls } from './call-accounts';
import { reach, type CrashPoint } from './crash-points';
import { deploy, type Deployment, type WorkerProcess } from './deployment';
import { outcomeOf, type RunOutcome } from './run-outcome';

/** Which occurrence of the point is hit; early ones, so that every run has them. */
const occurrence = (what: string, point: CrashPoint): number =>
  1 + Math.floor(seededRandom('crash', what, point)() * 2);

/** What is killed, at which points; `strike` kills and, where nothing else does, starts again. */
export interface Strike {
  what: string;
  points: readonly CrashPoint[];
  strike(deployment: Deployment, worker: WorkerProcess): Promise<void>;
}

/**
 * Declares a test for each strike and point: a run that is struck there ends as an undisturbed one, with no completed call
 * repeated.
 */
export function crashTests(...strikes: readonly Strike[]): void {
  let deployment: Deployment;
  let undisturbed: RunOutcome;

  beforeAll(async () => {
    deployment = await deploy({ latencyMs: 40 });
    await deployment.startWorker();
    await deployment.startRun('undisturbed');
    undisturbed = await outcomeOf(deployment, 'undisturbed');
  });
  afterAll(() => deployment.stop());

  const cases = strikes.flatMap(({ what, points, strike }) => points.map((point) => ({ what, point, strike })));
  it.each(cases)('goes on after kill -9 of $what at the point $point', async ({ what, point, strike }) => {
    const run = `${what.replace(/\W+/g, '-')}-${point}`;
    const worker = await deployment.startWorker();
    await deployment.startRun(run);
    await reach(deployment, run, point, occurrence(what, point));
    await strike(deployment, worker);
    expect(await outcomeOf(deployment, run)).toEqual(undisturbed);
    const { repeated, lost } = accountCalls(deployment, run);
    expect(repeated).toEqual([]);
    // One answer at most is lost for each activity that was running.
    expect(lost.length).toBeLessThanOrEqual(8);
  });
}
