import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import type { Home } from '../../workers/home';
import { readProcess } from '../../workers/processes';
import { activeSchedules } from '../../workers/schedules';
import { UserError } from '../terminal/user-error';
import { processNames } from './run-processes';
import type { RunRecord } from './run-record';
import { runsBeside } from './shared-worker';
import { workersOf } from './worker-list';

/**
 * Refuses to change the rate limits of a worker that isn't the run's own: they hold for all that a worker does.
 *
 * @throws UserError that names who else uses it, or the worker that was started by other means
 */
export async function checkOwnWorker(
  home: Home,
  client: Client,
  run: string,
  record: RunRecord | null,
): Promise<RunRecord> {
  const refuse = (why: string): UserError =>
    new UserError(`--rpm and --tpm belong to the worker of run ${run}: ${why}. Nothing was set.`, 2);
  if (record === null) {
    throw refuse('it was not started from here; set them with SKILLGRAD_HOME as where the run was started');
  }
  const runs = await runsBeside(client, record);
  if (runs.length > 0) throw refuse(`it serves ${runs.join(', ')}, too; wait until that has ended`);
  const schedules = await activeSchedules(client, record.taskQueue);
  if (schedules.length > 0) throw refuse(`it serves the schedule ${schedules.join(', ')}, too; pause that first`);
  const own = await readProcess(home, processNames(record).worker);
  const ofOurs = own === null ? null : `${hostname().replace(/[^\w.-]/g, '-')}-${own.pid}-`;
  const other = (await workersOf(home, record.taskQueue, Date.now())).find(
    ({ id, condition }) => condition !== 'silent' && (ofOurs === null || !id.startsWith(ofOurs)),
  );
  if (other !== undefined) {
    throw refuse(`worker ${other.id} was started by itself; start it again with \`skillgrad worker --rpm N --tpm N\``);
  }
  return record;
}
