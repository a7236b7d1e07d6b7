import type { Client } from '@temporalio/client';
import { impossibleSetting } from '../../activities/impossible-setting';
import { pricesFor } from '../../agents/model/prices';
import { firstControl } from '../../records/control';
import type { Origin, RunPlan } from '../../records/plan';
import type { OptimizeState } from '../../records/workflows';
import { noSpending } from '../../records/usage';
import type { ArtifactRef } from '../../records/artifact';
import { readRollouts } from '../../activities/pages';
import type { ArtifactStore } from '../../store/artifact-store';
import { kindsOfRun } from '../../store/inventory';
import { UserError } from '../terminal/user-error';
import { executionsOf } from './executions';
import type { KnownEpoch } from './recorded-epoch';
import type { NewRun } from './start-run';
import type { RunRecord } from './run-record';
import { checkSpending, upperBounds } from './upper-bounds';

/** What a replay or fork changes of its origin's plan. */
export type Changes = Pick<RunPlan, 'config' | 'seeds'>;

/** The first name of the kind `<run>-replay-1`, `<run>-fork-1` and so on that no run has or has had. */
export async function freeName(
  client: Client,
  store: ArtifactStore,
  run: string,
  kind: Origin['kind'],
): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = `${run}-${kind}-${number}`;
    if ((await kindsOfRun(store.root, name)).length > 0) continue;
    if ((await executionsOf(client, store, name)).length === 0) return name;
  }
}

/** Refuses settings that the tasks make impossible, and what would spend without a limit that anybody has agreed to. */
export function checkChanges({ run, input, plan }: KnownEpoch, { config }: Changes, agreed: boolean): void {
  if (config.epochs < input.epoch) {
    throw new UserError(
      `--epochs ${config.epochs}: the run begins with epoch ${input.epoch}. Give ${input.epoch} or more. Nothing was started.`,
      2,
    );
  }
  const impossible = impossibleSetting(config, plan);
  if (impossible !== null) throw new UserError(`${impossible}. Nothing was started.`, 2);
  const inherits = config.budget.costUsd === plan.config.budget.costUsd;
  checkSpending(upperBounds(config, sizesOf(plan)), config, agreed, inherits ? run : null);
}

/**
 * A run that goes on from the recorded start of another run's epoch, with a plan of its own: the inputs that its origin
 * has frozen, and the origin's journals to take finished work from.
 *
 * @param name of the new run
 * @param origin the record of the run that it comes from, which says how its processes are started
 */
export async function deriveRun(
  store: ArtifactStore,
  known: KnownEpoch,
  kind: Origin['kind'],
  name: string,
  { config, seeds }: Changes,
  record: RunRecord,
): Promise<NewRun> {
  const { run, input, plan: before, folders } = known;
  const origin: Origin = { kind, run, epoch: input.epoch };
  const plan: RunPlan = {
    ...before,
    ...{ run: name, config, seeds, origin, changedFrom: null },
    reuses: [run, ...before.reuses],
    prices: pricesFor(before, config),
  };
  const ref = await store.putJson(plan);
  const { prices: _prices, sandboxLimits: _limits, notify: _notify, ...shown } = config;
  const { epochs, trainingSet, batches, validationTasks } = input;
  const state = await stateOf(store, known, plan, ref, shown);
  return {
    run: name,
    skillName: plan.skillName,
    ...folders,
    config,
    server: record.server,
    baseUrl: record.baseUrl,
    simulator: record.simulator,
    notify: [],
    derived: {
      origin,
      state,
      // The epoch is repeated as it was recorded, but for the models that its workflow only reports.
      ...(kind === 'fork'
        ? {}
        : {
            repeats: {
              epochs,
              trainingSet,
              batches,
              validationTasks,
              config: { ...input.config, models: shown.models },
            },
          }),
    },
  };
}

function sizesOf({ training, validation, heldOut }: RunPlan): Record<'training' | 'validation' | 'heldOut', number> {
  return { training: training.length, validation: validation.length, heldOut: heldOut.length };
}

/** Where the run stands as it begins the epoch: what `optimize` would carry over if it continued as new there. */
async function stateOf(
  store: ArtifactStore,
  { input }: KnownEpoch,
  plan: RunPlan,
  ref: ArtifactRef,
  config: OptimizeState['prepared']['config'],
): Promise<OptimizeState> {
  const nothing = { spending: noSpending, warnings: [], answered: input.state.gathered.answered, quarantined: [] };
  const failed = (await readRollouts(store, input.trainingSet)).filter(({ solved }) => !solved).length;
  return {
    prepared: {
      ...{ plan: ref, skillName: plan.skillName, seedSkill: plan.seedSkill, config, warnings: [] },
      ...{ sizes: sizesOf(plan), excluded: plan.excluded.length },
    },
    phase: 'epochs',
    epoch: input.epoch,
    trainingSet: input.trainingSet,
    failures: Math.min(config.trainTasks, failed),
    epochState: { ...input.state, gathered: nothing },
    control: firstControl(config.budget, Date.now()),
    finalSkill: plan.seedSkill,
    ...{ note: null, stoppedEarly: null, validation: null, heldOut: null },
    gathered: nothing,
  };
}
