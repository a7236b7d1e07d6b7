import { join } from 'node:path';
import type { Spending } from '../../records/usage';
import { outcomeOf, type RunOutcome } from '../end-to-end/run-outcome';
import { lightRuns } from './light-runs';
import type { Schedule } from './schedule';
import { lostSpending, tracesOf, withoutLost, type Traces } from './traces';

/** What a run comes to that nothing disturbs. */
export interface Undisturbed {
  outcome: RunOutcome;
  /** Without what lost calls are settled at. */
  spending: Spending;
  traces: Traces;
  wallMs: number;
}

/** Makes the undisturbed run of a benchmark in a deployment of its own below `dir`. */
export async function makeUndisturbed(dir: string, benchmark: Schedule['benchmark']): Promise<Undisturbed> {
  const light = lightRuns[benchmark];
  const deployment = await light.deploy(join(dir, `undisturbed-${benchmark}`));
  try {
    await deployment.startWorker('worker-1');
    const startedMs = Date.now();
    await light.start(deployment, 'undisturbed');
    const outcome = await outcomeOf(deployment, 'undisturbed');
    const wallMs = Date.now() - startedMs;
    const { spending } = await deployment.result('undisturbed');
    // Even here a call may be too slow on a busy machine.
    const paid = withoutLost(spending, lostSpending(deployment, 'undisturbed'));
    return { outcome, spending: paid, traces: await tracesOf(deployment, 'undisturbed'), wallMs };
  } finally {
    await deployment.stop();
  }
}
