import type { z } from 'zod';
import { readSteps } from '../../activities/pages';
import type { ArtifactRef } from '../../records/artifact';
import { RunPlan } from '../../records/plan';
import type { RunResult } from '../../records/progress';
import type { ArtifactStore } from '../../store/artifact-store';
import { Ending } from '../../store/journal-entries';
import { UserError } from '../terminal/user-error';
import { bestSoFar, judges, type PatchedStep } from './best-so-far';
import type { OpenRun } from './open-run';
import { readRunResult } from './run-state';
import type { StoredRun } from './stored-run';

/** What became of a run's skill, step by step, up to its result or up to now. */
export interface Lineage {
  finished: boolean;
  plan: RunPlan;
  /** The delivered version, or the best so far. */
  skill: ArtifactRef;
  momentum: ArtifactRef | null;
  steps: PatchedStep[];
  note: string | null;
}

/**
 * Reads the lineage of a run that has ended, runs, is paused or was ended from outside; needs no worker.
 *
 * @throws UserError while the run has no version yet
 */
export async function readLineage(open: OpenRun, store: ArtifactStore): Promise<Lineage> {
  const { client, run, home, description } = open;
  if (description.status.name === 'COMPLETED') {
    return lineageOf(await readRunResult(client, run, home), store);
  }
  const planOf = (ref: ArtifactRef): Promise<RunPlan> => store.getJson(RunPlan, ref);
  const best = await bestSoFar(client, run, async (ref) => judges((await planOf(ref)).config));
  if (best === null) {
    throw new UserError(`Run ${run} has no version yet: its inputs are still being prepared. Try again in a moment.`);
  }
  const { skill, momentum, stepPages } = best;
  const steps = [...(await readSteps(store, stepPages)), ...best.steps];
  return { finished: false, plan: await planOf(best.plan), skill, momentum, steps, note: null };
}

/** The lineage of a run that the store alone is asked about. */
export async function storedLineage({ result, cancelled, store }: StoredRun): Promise<Lineage> {
  if (result !== null) return lineageOf(result, store);
  const { plan, skill, momentum, steps } = cancelled;
  return { finished: false, plan: await store.getJson(RunPlan, plan), skill, momentum, steps, note: null };
}

async function lineageOf(result: RunResult, store: ArtifactStore): Promise<Lineage> {
  const { plan, finalSkill, momentum, steps, note } = result;
  return { finished: true, plan: await store.getJson(RunPlan, plan), skill: finalSkill, momentum, steps, note };
}

/**
 * Results that stages of a run have left in their journals, in order of the journals' names; those of another shape are
 * passed over. A replay or fork has none of the steps before it: those of the run that it comes from are taken.
 *
 * @param runs the run, and those that it takes finished work from
 * @param place what the journals' names begin with, as `diagnose-s3-`
 */
export async function journaledResults<Schema extends z.ZodType>(
  store: ArtifactStore,
  [run = '', ...rest]: readonly string[],
  place: string,
  schema: Schema,
): Promise<z.output<Schema>[]> {
  const results: z.output<Schema>[] = [];
  for (const key of await store.listNamed(`journal/${run}`)) {
    if (!key.startsWith(place)) continue;
    const ending = await store.readNamed(Ending, `journal/${run}/${key}/ending`);
    const result = schema.safeParse(ending?.result);
    if (result.success) results.push(result.data);
  }
  return results.length > 0 || rest.length === 0 ? results : journaledResults(store, rest, place, schema);
}
