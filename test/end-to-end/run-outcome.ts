import type { RunResult } from '../../records/progress';
import { whileAway } from '../../workers/connection';
import type { Deployment } from './deployment';

/** What two runs with equal inputs must have in common, whatever happened to them under way. */
export type RunOutcome = Pick<RunResult, 'finalSkill' | 'momentum' | 'heldOut' | 'validation' | 'steps'>;

/** Waits for a run's end, through absences of the server. */
export async function outcomeOf(deployment: Deployment, run: string): Promise<RunOutcome> {
  const { finalSkill, momentum, heldOut, validation, steps } = await whileAway(() => deployment.result(run));
  return { finalSkill, momentum, heldOut, validation, steps };
}
