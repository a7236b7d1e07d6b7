import { openStore } from '../../store/artifact-store';
import { connectClient, type Connected } from '../../workers/connection';
import { skillgradHome, type Home } from '../../workers/home';
import type { Output } from '../terminal/output';
import { describeError, UserError } from '../terminal/user-error';
import { chooseServer, findServer } from './open-server';
import type { RunOptions } from './open-run';
import { readHistories, type RunHistory } from './read-histories';
import { readRunRecord } from './run-record';

/**
 * The histories of a run: from the store, and from its server for what has not been exported, where that server is up.
 * Starts nothing. They are handed to `work` while the server is connected. What the store has damaged is warned of, and
 * sets the exit code.
 *
 * @throws UserError when neither has any
 */
export async function withHistories<T>(
  run: string,
  options: RunOptions,
  output: Output,
  work: (histories: RunHistory[]) => Promise<T>,
): Promise<T> {
  const home = skillgradHome();
  const store = await openStore(home.store);
  const { connected, away } = await connectIfUp(run, options, home);
  try {
    const damaged: string[] = [];
    const histories = await readHistories(store, connected?.client ?? null, run, (problem) => damaged.push(problem));
    if (damaged.length > 0) process.exitCode = 1;
    damaged.forEach(output.warn);
    if (histories.length === 0) {
      const asked = away === null ? 'and its server has none either.' : `and its server was not asked: ${away}`;
      throw new UserError(`There are no histories of a run "${run}": the store ${store.root} has none, ${asked}`);
    }
    if (away !== null) output.warn(`only the histories in the store are looked at: ${away}`);
    return await work(histories);
  } finally {
    await connected?.connection.close();
  }
}

async function connectIfUp(
  run: string,
  options: RunOptions,
  home: Home,
): Promise<{ connected: Connected | null; away: string | null }> {
  const record = await readRunRecord(home, run);
  const choice = chooseServer(options, process.env, record?.server ?? null);
  try {
    return { connected: await connectClient(await findServer(choice, home, process.env)), away: null };
  } catch (error) {
    return { connected: null, away: describeError(error) };
  }
}
