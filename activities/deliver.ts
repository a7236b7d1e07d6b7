import type { ArtifactRef } from '../records/artifact';
import type { DeliverCancelled, DeliverInput, DeliverRun } from '../records/stages';
import { cancelledName, type CancelledRun, type RunResult } from '../records/progress';
import type { ArtifactStore } from '../store/artifact-store';
import { closedRecord } from './accumulate';
import type { Dependencies } from './dependencies';
import { lookName } from './looks';
import { readSteps } from './pages';
import { plainStage } from './paid-stage';
import { readPlan } from './plan';
import { stopKilling } from './worker-killers';

/** Writes what a workflow has gathered: a page of rollouts or of steps, or the run's result. Safe to repeat. */
export async function deliver({ store }: Dependencies, input: DeliverInput): Promise<ArtifactRef> {
  return plainStage(async () => {
    await stopKilling(store);
    switch (input.kind) {
      case 'rollouts':
        return store.putJson({ previous: input.previous, rollouts: input.rollouts });
      case 'steps':
        return store.putJson({ previous: input.previous, steps: input.steps });
      case 'look':
        await store.createNamed(lookName(input.series, input.name), input.look);
        return store.putJson(input.look);
      case 'run':
        return deliverRun(store, input.run, input.result);
      case 'cancelled':
        return keepCancelled(store, input.run, input.result);
      default:
        return input satisfies never;
    }
  });
}

async function deliverRun(store: ArtifactStore, run: string, delivered: DeliverRun): Promise<ArtifactRef> {
  const plan = await readPlan(store, delivered.plan);
  const { runId: _runId, previous, steps, ...rest } = delivered;
  const result: RunResult = {
    ...rest,
    run,
    seedSkill: plan.seedSkill,
    // The last step's verdict has met no accumulation: the log is closed here.
    momentum:
      delivered.momentum === null
        ? null
        : await store.putJson(await closedRecord(store, { momentum: delivered.momentum, previous })),
    steps: await readSteps(store, steps),
  };
  const ref = await store.putJson(result);
  await store.createNamed(`runs/${run}/result-${delivered.runId}`, { result: ref });
  return ref;
}

async function keepCancelled(store: ArtifactStore, run: string, kept: DeliverCancelled): Promise<ArtifactRef> {
  const { runId, pages, steps, ...rest } = kept;
  const record: CancelledRun = { ...rest, run, steps: [...(await readSteps(store, pages)), ...steps] };
  const ref = await store.putJson(record);
  await store.createNamed(cancelledName(run, runId), { cancelled: ref });
  return ref;
}
