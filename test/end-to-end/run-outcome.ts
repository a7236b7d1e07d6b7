import type { BeforeAfter } from '../../records/gain';
import type { RunResult } from '../../records/progress';
import { whileAway } from '../../workers/connection';
import type { Deployment } from './deployment';

/** What two runs with equal inputs must have in common, whatever happened to them under way. */
export type RunOutcome = Pick<RunResult, 'finalSkill' | 'momentum' | 'validation' | 'steps'> & { heldOut: BeforeAfter };

/** Waits for a run's end, through absences of the server. The held-out rollouts are left out: they say how long they took. */
export async function outcomeOf(deployment: Deployment, run: string): Promise<RunOutcome> {
  const { finalSkill, momentum, heldOut, validation, steps } = await whileAway(() => deployment.result(run));
  const { rollouts: _rollouts, ...measured } = heldOut;
  return { finalSkill, momentum, heldOut: measured, validation, steps };
}
