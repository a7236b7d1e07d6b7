import type { RunConfig } from '../../records/run-config';
import { UserError } from '../terminal/user-error';
import type { RunSettings } from './run-settings';

/**
 * How a run goes through its training tasks: passes, or a fixed number of full batches.
 *
 * @throws UserError for a setting of the other schedule, or a number of updates that is missing
 */
export function scheduleOf(
  settings: RunSettings,
  base: Pick<RunConfig, 'schedule' | 'updates' | 'epochs'>,
): Pick<RunConfig, 'schedule' | 'updates' | 'epochs'> {
  const { updates, epochs } = settings;
  const schedule = settings.schedule ?? base.schedule;
  if (schedule === 'epoch') {
    if (updates !== undefined) {
      throw new UserError(`--updates ${updates}: goes with --schedule fixed-updates; --epochs N makes passes.`, 2);
    }
    return { schedule, updates: null, epochs: epochs ?? base.epochs };
  }
  if (epochs !== undefined) {
    throw new UserError(`--epochs ${epochs}: goes with --schedule epoch; fixed updates take --updates N.`, 2);
  }
  const given = updates ?? base.updates;
  if (given === null) throw new UserError('--schedule fixed-updates: give the number of steps with --updates N.', 2);
  return { schedule, updates: given, epochs: 1 };
}

/** Reads `N`, `FIRST:LAST`, `FIRST:LAST:SCHEDULE` or `unlimited`, as the settings table has checked it. */
export function editsOf(given: string | undefined, base: RunConfig['edits']): RunConfig['edits'] {
  if (given === undefined) return base;
  if (given === 'unlimited') return null;
  const [first, last, curve] = given.split(':');
  if (last === undefined) return { first: Number(first), last: Number(first), schedule: 'constant' };
  return { first: Number(first), last: Number(last), schedule: curve === 'linear' ? 'linear' : 'cosine' };
}
