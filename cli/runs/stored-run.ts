import { existsSync } from 'node:fs';
import { z } from 'zod';
import { ArtifactRef } from '../../records/artifact';
import { isRewind } from '../../records/control';
import { CancelledRun, cancelledName, RunResult } from '../../records/progress';
import type { ArtifactStore } from '../../store/artifact-store';
import { openStore } from '../../store/artifact-store';
import { storedHistories } from '../../store/histories';
import { skillgradHome, type Home } from '../../workers/home';
import { terminal, type Output } from '../terminal/output';
import { describeError } from '../terminal/user-error';
import { withRun, type OpenRun, type RunOptions } from './open-run';

/** A run that has ended or was cancelled, as the store has it without its server. */
export type StoredRun = FoundInStore &
  ({ result: RunResult; cancelled: null } | { result: null; cancelled: CancelledRun });

interface FoundInStore {
  run: string;
  home: Home;
  output: Output;
  store: ArtifactStore;
  /** ISO time of its first execution's start. */
  startedAt: string;
}

/**
 * Finds a run on its server and hands it to `work`; where its server is away or doesn't know it, and the store has how it
 * ended, hands that to `workOnCopy` and says so. Starts nothing.
 *
 * @throws UserError when neither knows how to go about it: what its server came to
 */
export async function withRunOrCopy<T>(
  run: string,
  options: RunOptions,
  work: (open: OpenRun) => Promise<T>,
  workOnCopy: (stored: StoredRun) => Promise<T>,
): Promise<T> {
  let isOnServer = false;
  try {
    return await withRun(run, options, (open) => {
      isOnServer = true;
      return work(open);
    });
  } catch (error) {
    if (isOnServer) throw error;
    const output = terminal(options);
    const stored = await storedRun(run, output);
    if (stored === null) throw error;
    output.note(`${describeError(error)} What follows is from the store alone.`);
    return workOnCopy(stored);
  }
}

/** null: the store doesn't have how the run ended, or not since it was rewound. */
async function storedRun(run: string, output: Output): Promise<StoredRun | null> {
  const home = skillgradHome();
  // To open a store is to make it where there is none.
  if (!existsSync(home.store)) return null;
  const store = await openStore(home.store);
  const own = (await storedHistories(store, run, output.warn)).filter(({ workflowId }) => workflowId === run);
  const [first, last] = [own[0], own.at(-1)];
  if (first === undefined || last === undefined || (await rewoundSince(store, run, last.startedAt))) return null;
  const result = await store.readNamed(z.object({ result: ArtifactRef }), `runs/${run}/result-${last.runId}`);
  const kept = await store.readNamed(z.object({ cancelled: ArtifactRef }), cancelledName(run, last.runId));
  const found = { run, home, output, store, startedAt: first.startedAt };
  if (result !== null) return { ...found, result: await store.getJson(RunResult, result.result), cancelled: null };
  return kept === null
    ? null
    : { ...found, result: null, cancelled: await store.getJson(CancelledRun, kept.cancelled) };
}

/** Whether the run was taken back after that time: what it has come to since is on its server alone. */
async function rewoundSince(store: ArtifactStore, run: string, startedAt: string): Promise<boolean> {
  for (const name of await store.listNamed(`runs/${run}`)) {
    if (!isRewind(name)) continue;
    const rewind = await store.readNamed(z.object({ at: z.string() }), `runs/${run}/${name}`);
    if (rewind !== null && rewind.at > startedAt) return true;
  }
  return false;
}
