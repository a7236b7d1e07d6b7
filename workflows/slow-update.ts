import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { stageOptions } from './activity-options';
import type { EpochScope } from './epoch-scope';

const { patch } = proxyActivities<Activities>(stageOptions);

/**
 * The slow update at the end of an epoch: one pass over record and skill that consolidates what the steps have left
 * (METHOD.md, after SkillOpt). The gate decides on it as on any patch.
 */
export async function slowUpdate(scope: EpochScope): Promise<void> {
  const { state, steering, steps } = scope;
  const { skill, momentum, rejected, previous } = state;
  if (momentum === null || steering.control.stopped) return;
  const { run, plan, trainingSet, step, label } = scope.beginStep([]);
  scope.enter('patch');
  const proposal = await steering.paid((allowance) =>
    patch.executeWithOptions({ ...stageOptions, summary: `${label}: slow update` }, [
      {
        ...{ run, plan, allowance, duty: 'consolidate', step, steps },
        ...{ skill, momentum, diagnoses: [], scores: [], trainingSet, rejected, previous },
      },
    ]),
  );
  state.rejected = proposal.rejected;
  state.momentum = proposal.momentum;
  scope.enter('gate');
  const decided = await scope.decide(proposal);
  if (decided?.accepted === true) state.skill = decided.candidate;
  await scope.endSlowUpdate(proposal, decided);
}
