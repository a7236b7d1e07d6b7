import { continueAsNew, proxyActivities, setHandler } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { OptimizeInput, OptimizeResult } from '../records/workflows';
import { stageOptions } from './activity-options';
import { shouldContinueAsNew } from './child';
import { acceptUpdates } from './control-updates';
import { delivery, keepWhenCancelled } from './delivery';
import { progressQuery } from './messages';
import { confirmBest, measureHeldOut, optimiseOneEpoch, rollOutBase, writeOneShot } from './optimize-phases';
import { openOptimize, type OptimizeScope } from './optimize-scope';
import { endReplay } from './replay';
import { acceptSettings } from './settings';

const { deliver } = proxyActivities<Activities>(stageOptions);

/**
 * A run: prepare → base rollouts → epochs → confirmation → held-out evaluation → deliver. Its id is the run's name. It
 * continues as new between its children only, since a running child would be closed with it.
 */
export function optimize(input: OptimizeInput): Promise<OptimizeResult> {
  const scope = openOptimize(input);
  acceptSettings(scope.steering, acceptUpdates(scope.steering));
  setHandler(progressQuery, scope.report.progress);
  return keepWhenCancelled(scope, () => goThroughPhases(input, scope));
}

async function goThroughPhases(input: OptimizeInput, scope: OptimizeScope): Promise<OptimizeResult> {
  const state = await scope.start();
  while (state.phase !== 'deliver') {
    if (shouldContinueAsNew()) {
      await continueAsNew<typeof optimize>({ ...input, state: scope.carry(state) });
    }
    await scope.renew(state);
    scope.enter(state.phase, state);
    switch (state.phase) {
      case 'base':
        await rollOutBase(scope, state);
        break;
      case 'one-shot':
        await writeOneShot(scope, state);
        break;
      case 'epochs':
        await optimiseOneEpoch(scope, state);
        if (input.repeats !== undefined) endReplay(state);
        break;
      case 'confirm':
        await confirmBest(scope, state);
        break;
      case 'held-out':
        await measureHeldOut(scope, state);
        break;
      default:
        state.phase satisfies never;
    }
  }
  scope.enter('deliver', state);
  const result = await scope.steering.plain(() =>
    deliver({ kind: 'run', run: input.run, result: delivery(scope, state) }),
  );
  scope.enter('ended', state);
  return { result };
}
