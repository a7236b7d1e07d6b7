import { openStore } from '../../store/artifact-store';
import { verificationName, type Divergence } from '../../store/histories';
import { kindsOfRun } from '../../store/inventory';
import { skillgradHome, type Home } from '../../workers/home';
import { openReplayer, type Replayer } from '../../workers/replay-histories';
import { quietRuntime } from '../../workers/quiet-runtime';
import { workflowBundle } from '../../workers/workflow-bundle';
import type { Output } from '../terminal/output';
import { UserError } from '../terminal/user-error';
import { historyFilesAt, isHistoryFile, readHistory, readHistoryFile, type ReadHistory } from './history-files';
import { withHistories } from './open-histories';
import type { RunOptions } from './open-run';

/** What the replay of one history came to; `from` is a file, or the workflow's id. */
export interface VerifiedHistory {
  from: string;
  workflowId: string;
  runId: string;
  workflowType: string;
  events: number;
  divergence: Divergence | null;
}

/**
 * Replays histories against the workflow code at hand. Of a run, histories that nobody has verified yet get their
 * verification kept beside them.
 *
 * @param names runs, files with histories, or folders of such files
 * @returns the outcomes, and the digest of the code
 * @throws UserError when a name is none of these, or a file holds no history
 */
export async function verifyHistories(
  names: readonly string[],
  options: RunOptions,
  output: Output,
): Promise<{ code: string; histories: VerifiedHistory[] }> {
  const home = skillgradHome();
  quietRuntime();
  output.note('Bundling the workflow code at hand, where that has not been done yet …');
  const { code, digest } = await workflowBundle(home.cache);
  const replayer = openReplayer(code);
  try {
    const histories: VerifiedHistory[] = [];
    for (const name of names) {
      const files = await historyFilesAt(name);
      if (files === null) {
        await checkRunMeant(name, home);
        histories.push(...(await verifyRun(name, options, output, replayer, digest)));
      } else for (const file of files) histories.push(await verifyOne(await readHistoryFile(file), replayer));
    }
    return { code: digest, histories };
  } finally {
    await replayer.close();
  }
}

/** Refuses the name of a file that isn't there, or of a folder without histories, as such: no run can be meant. */
async function checkRunMeant(name: string, { store }: Home): Promise<void> {
  const isPath = /[\\/]/.test(name);
  if (!isPath && !(isHistoryFile(name) && (await kindsOfRun(store, name)).length === 0)) return;
  throw new UserError(
    `${name}: there is no such file, nor a folder with .json or .json.gz files. Correct the path.`,
    2,
  );
}

async function verifyRun(
  run: string,
  options: RunOptions,
  output: Output,
  replayer: Replayer,
  code: string,
): Promise<VerifiedHistory[]> {
  const store = await openStore(skillgradHome().store);
  return withHistories(run, options, output, async (histories) => {
    const verified: VerifiedHistory[] = [];
    for (const history of histories) {
      const read = readHistory(history.workflowId, await history.read());
      const outcome = { ...(await verifyOne(read, replayer)), runId: history.runId };
      verified.push(outcome);
      if (history.keptBy === 'server' || history.verification !== null) continue;
      await store.createNamed(verificationName(history), { code, divergence: outcome.divergence });
    }
    return verified;
  });
}

async function verifyOne({ history, ...named }: ReadHistory, replayer: Replayer): Promise<VerifiedHistory> {
  const divergence = await replayer.replay(named.workflowId, history);
  return { ...named, events: history.events?.length ?? 0, divergence };
}
