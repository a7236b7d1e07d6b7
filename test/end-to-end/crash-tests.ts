import { seededRandom } from '../../records/seeded';
import { accountCalls } from './call-accounts';
import { reach, type CrashPoint } from './crash-points';
import { deploy, type Deployment, type WorkerProcess } from './deployment';
import { outcomeOf, type RunOutcome } from './run-outcome';

/** Which occurrence of a run's first point is hit; early ones, so that every run has them. */
const occurrence = (what: string, point: CrashPoint): number =>
  1 + Math.floor(seededRandom('crash', what, point)() * 2);

/** What is killed, at which points of which runs; `strike` kills and, where nothing else does, starts again. */
export interface Strike {
  what: string;
  /** The points of each run, in an order in which every run comes to them. */
  runs: readonly (readonly CrashPoint[])[];
  strike(deployment: Deployment, worker: WorkerProcess): Promise<void>;
}

/**
 * Declares a test for each run of each strike: struck at all its points, it ends as an undisturbed one, with no completed
 * call repeated.
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

  const cases = strikes.flatMap(({ what, runs, strike }) => runs.map((points) => ({ what, points, strike })));
  it.each(cases)('goes on after kill -9 of $what at the points $points', async ({ what, points, strike }) => {
    const run = `${what.replace(/\W+/g, '-')}-${points.join('-')}`;
    await deployment.startRun(run);
    for (const [index, point] of points.entries()) {
      const worker = await deployment.startWorker();
      await reach(deployment, run, point, index === 0 ? occurrence(what, point) : 1);
      await strike(deployment, worker);
    }
    expect(await outcomeOf(deployment, run)).toEqual(undisturbed);
    const { repeated, lost } = accountCalls(deployment, run);
    expect(repeated).toEqual([]);
    // One answer at most is lost for each activity that was running, and kill.
    expect(lost.length).toBeLessThanOrEqual(8 * points.length);
  });
}
