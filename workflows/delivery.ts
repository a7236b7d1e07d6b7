import { CancellationScope, isCancellation, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { withDiscarded } from '../records/control';
import type { Activities } from '../activities';
import type { DeliverCancelled, DeliverRun } from '../records/stages';
import type { OptimizeState } from '../records/workflows';
import { stageOptions } from './activity-options';
import type { OptimizeScope } from './optimize-scope';
import { noteOf } from './optimize-state';
import { allSettings } from './settings';

const { deliver } = proxyActivities<Activities>({
  ...stageOptions,
  retry: { ...stageOptions.retry, maximumAttempts: 3 },
});

/** What a run that has gone through all its phases delivers. */
export function delivery({ steering }: OptimizeScope, state: OptimizeState): DeliverRun {
  const { prepared, epochState, heldOut } = state;
  if (heldOut === null) throw new Error('a run is delivered after its held-out evaluation');
  return {
    plan: prepared.plan,
    finalSkill: state.finalSkill,
    note: noteOf(state),
    momentum: epochState.momentum,
    previous: epochState.previous,
    steps: epochState.stepPages,
    heldOut,
    validation: state.validation,
    spending: withDiscarded(steering.spending, steering.control),
    warnings: steering.warnings,
    quarantined: steering.quarantined,
    settings: allSettings(steering.control, epochState.settings ?? []),
    runId: workflowInfo().runId,
  };
}

/**
 * Runs a run's work. When it is cancelled, once its children and their activities have ended, what it has come to is
 * kept in the store, and then it ends as cancelled. A store that can't take it holds that up no longer than three
 * attempts: the histories have it too.
 */
export async function keepWhenCancelled<T>(scope: OptimizeScope, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(async () => {
      const result = cancelledWork(scope);
      if (result !== null) {
        await deliver({ kind: 'cancelled', run: scope.run, result }).catch((reason: unknown) =>
          scope.steering.settle({
            warnings: [`what the run had come to is in its histories alone: ${String(reason)}`],
          }),
        );
      }
      scope.enter('cancelled');
    });
    throw error;
  }
}

/** What a cancelled run has come to; null before its inputs are frozen. */
function cancelledWork({ steering, reached, stage }: OptimizeScope): DeliverCancelled | null {
  const state = reached();
  if (state === null) return null;
  const { parted } = steering;
  const { skill, momentum, stepPages, settings = [] } = parted?.state ?? state.epochState;
  return {
    plan: parted?.plan ?? state.prepared.plan,
    by: steering.control.cancelled,
    stage: stage(),
    skill,
    momentum,
    pages: stepPages,
    steps: parted?.steps ?? [],
    spending: withDiscarded(steering.spending, steering.control),
    warnings: steering.warnings,
    settings: allSettings(steering.control, settings),
    runId: workflowInfo().runId,
  };
}
