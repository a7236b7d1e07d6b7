import type { Client } from '@temporalio/client';
import { MomentumRecord } from '../../records/momentum';
import { RunPlan } from '../../records/plan';
import { openStore, type ArtifactStore } from '../../store/artifact-store';
import type { Home } from '../../workers/home';
import { UserError } from '../terminal/user-error';
import { bestSoFar, judges, type BestSoFar } from './best-so-far';
import { writeResult, type WrittenResult } from './write-result';

/** Where the best version so far lies, and whether it differs from the seed. */
export interface BestWritten {
  written: WrittenResult;
  changed: boolean;
}

/**
 * Writes the best version so far of a run that has not delivered: one that still runs, is paused, or was ended from
 * outside.
 *
 * @param status Temporal's word for where the run is
 * @returns where it lies, and whether it differs from the seed
 * @throws UserError when the run has no version yet or the folder isn't empty
 */
export async function deliverBestSoFar(
  client: Client,
  home: Home,
  run: string,
  status: string,
  folder: string,
): Promise<BestWritten> {
  const store = await openStore(home.store);
  const best = await bestSoFar(client, run, async (ref) => judges((await store.getJson(RunPlan, ref)).config));
  if (best === null) {
    throw new UserError(`Run ${run} has no version yet: its inputs are still being prepared. Try again in a moment.`);
  }
  return writeBest(store, run, status, best, folder);
}

/** Writes the version that a run has got to into a folder; returns and throws as `deliverBestSoFar`. */
export async function writeBest(
  store: ArtifactStore,
  run: string,
  status: string,
  best: Pick<BestSoFar, 'plan' | 'skill' | 'momentum'>,
  folder: string,
): Promise<BestWritten> {
  const plan = await store.getJson(RunPlan, best.plan);
  const [seed, skill] = await Promise.all([store.getTree(plan.seedSkill), store.getTree(best.skill)]);
  const { config, skillName, excluded, prices, preparedBy } = plan;
  const { skill: bestSkill, momentum } = best;
  const written = await writeResult(folder, {
    skillName,
    skill,
    seed,
    report: {
      ...{ run, finished: false, status, skillName, plan: best.plan, seedSkill: plan.seedSkill, bestSkill, momentum },
      ...{ excluded, prices, config, preparedBy },
    },
    momentum: momentum === null ? null : await store.getJson(MomentumRecord, momentum),
    histories: [],
  });
  return { written, changed: bestSkill !== plan.seedSkill };
}
