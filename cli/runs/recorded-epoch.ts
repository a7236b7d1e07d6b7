import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { RecordedEpoch } from '../../records/epoch-input';
import { RunPlan } from '../../records/plan';
import { ArtifactRef } from '../../records/artifact';
import type { ArtifactStore } from '../../store/artifact-store';
import { UserError } from '../terminal/user-error';
import { executionsOf, latestChain, type Execution } from './executions';
import { argumentOf } from './history-events';

/** An epoch as a run's histories have it. */
export interface KnownEpoch {
  run: string;
  input: RecordedEpoch;
  plan: RunPlan;
  /** The executions of the epoch's workflow, which continue each other. */
  executions: Execution[];
  /** The folders that the run's inputs were copied from. */
  folders: z.infer<typeof Folders>;
}

const Folders = z.object({ skillDir: z.string(), dataDir: z.string() });

/**
 * Reads what an epoch of a run was started with, from the histories in the store or on the server: of an epoch that
 * ended, failed, was terminated, or runs.
 *
 * @throws UserError when the run has no such epoch, with those that it has
 */
export async function recordedEpoch(
  client: Client,
  store: ArtifactStore,
  run: string,
  epoch: number,
): Promise<KnownEpoch> {
  const outer = await executionsOf(client, store, run);
  const [first] = outer;
  if (first === undefined) throw noSuchRun(run);
  const executions = latestChain(await executionsOf(client, store, `${run}/epoch-${epoch}`));
  if (executions[0] === undefined) {
    throw await noSuchEpoch(client, store, run, epoch);
  }
  const input = RecordedEpoch.parse(argumentOf(executions[0].events));
  const plan = await store.getJson(RunPlan, input.plan);
  return { run, input, plan, executions, folders: Folders.parse(argumentOf(first.events)) };
}

/** The error that an epoch was named which the run has not begun, with those that it has. */
export async function noSuchEpoch(
  client: Client,
  store: ArtifactStore,
  run: string,
  epoch: number,
): Promise<UserError> {
  const known = await epochsOf(client, store, run);
  if (known.length === 0) return new UserError(`--epoch ${epoch}: run ${run} has begun no epoch yet.`, 2);
  const has = known.length === 1 ? `epoch ${known[0]} alone` : `the epochs ${known.join(', ')}`;
  return new UserError(`--epoch ${epoch}: run ${run} has begun ${has}. Name one that it has begun.`, 2);
}

async function epochsOf(client: Client, store: ArtifactStore, run: string): Promise<number[]> {
  const known: number[] = [];
  for (let epoch = 1; (await executionsOf(client, store, `${run}/epoch-${epoch}`)).length > 0; epoch += 1) {
    known.push(epoch);
  }
  return known;
}

const Begun = z.object({ state: z.object({ prepared: z.object({ plan: ArtifactRef }) }) });

/**
 * The plan of a run that comes from another; null for one that began by itself. Throws a UserError without such a run.
 *
 * @param client null: the store alone is asked
 */
export async function derivedPlan(client: Client | null, store: ArtifactStore, run: string): Promise<RunPlan | null> {
  const [first] = await executionsOf(client, store, run);
  if (first === undefined) throw noSuchRun(run);
  const begun = Begun.safeParse(argumentOf(first.events)).data;
  return begun === undefined ? null : store.getJson(RunPlan, begun.state.prepared.plan);
}

function noSuchRun(run: string): UserError {
  return new UserError(
    `There is no run "${run}", neither on this server nor in the store. \`skillgrad list\` shows the runs.`,
  );
}
