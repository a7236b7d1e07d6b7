import { quarantinedTasks, releaseFromQuarantine } from '../../store/quarantine';
import { openStore } from '../../store/artifact-store';
import type { Home } from '../../workers/home';
import { UserError } from '../terminal/user-error';
import { authorName } from '../../workers/author';

/**
 * Lets a task of a run out of quarantine.
 *
 * @throws UserError that names the tasks in quarantine where it is none of them
 */
export async function releaseTask(home: Home, run: string, taskId: string, note: string | undefined): Promise<void> {
  const store = await openStore(home.store);
  const release = { by: authorName(), note: note ?? null, at: new Date().toISOString() };
  if (await releaseFromQuarantine(store, run, taskId, release)) return;
  const ids = (await quarantinedTasks(store, run)).map((entry) => entry.taskId);
  const there = ids.length === 0 ? 'no task is' : `in quarantine are ${ids.join(', ')}`;
  throw new UserError(`Task ${taskId} of run ${run} is not in quarantine: ${there}. Nothing was changed.`, 2);
}
