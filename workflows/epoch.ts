import { proxyActivities, setHandler } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { EpochInput, EpochResult } from '../records/workflows';
import { stageOptions } from './activity-options';
import { mapBounded } from './bounded';
import { openEpoch, type EpochScope } from './epoch-scope';
import { progressQuery } from './messages';
import { rollout } from './rollout';
import { slowUpdate } from './slow-update';
import { toDiagnose } from './to-diagnose';

const stage = proxyActivities<Activities>(stageOptions);

/**
 * One pass over the training tasks in mini-batches: the optimisation itself, read top to bottom.
 * The parameter is `state.skill`; only the validation gate moves it.
 */
export function epoch(input: EpochInput): Promise<EpochResult> {
  const scope = openEpoch(input);
  return scope.whilePaid(() => descend(scope));
}

async function descend(scope: EpochScope): Promise<EpochResult> {
  const { input, state, steering } = scope;
  const { concurrency } = steering;
  setHandler(progressQuery, scope.progress);

  for await (const batch of scope.miniBatches()) {
    const { run, plan, trainingSet, step, label } = scope.beginStep(batch);

    // Forward pass and loss: run the agent with the current skill on each task of the batch, and check each result.
    scope.enter('execute');
    const attempts = await mapBounded(batch, concurrency, (taskId) =>
      rollout(input, steering, { taskId, skill: state.skill, sample: 0, why: label, show: scope.finishTask }),
    );
    const rollouts = attempts.filter((attempt) => attempt !== null);
    if (rollouts.length === 0) continue;

    // Text gradients: explain each failure, and each failure of the base run that is now fixed.
    scope.enter('diagnose');
    const diagnosed = await mapBounded(
      toDiagnose(rollouts, input.config.ablations.contrast),
      concurrency,
      (attempt) => {
        const summary = `${label}: ${attempt.kind} of task ${attempt.rollout.taskId}`;
        return steering.paid((allowance) =>
          stage.diagnose.executeWithOptions({ ...stageOptions, summary }, [
            { run, plan, allowance, step, ...attempt, trainingSet },
          ]),
        );
      },
    );
    const diagnoses = diagnosed.flatMap(({ diagnosis }) => (diagnosis === null ? [] : [diagnosis]));

    // Momentum: merge the gradients into the record of patterns, with what the gate made of the previous step. The
    // paper's protocol lets its first patch go ahead, and starts the record from the diagnoses and the patched skill.
    const patchFirst = input.config.firstStep === 'patch-first' && state.momentum === null;
    const accumulate = async (): Promise<number> => {
      scope.enter('accumulate');
      // A patch that comes before its record is entered by the next step, as any other.
      const previous = patchFirst ? null : state.previous;
      const accumulated = await steering.paid((allowance) =>
        stage.accumulate.executeWithOptions({ ...stageOptions, summary: `${label}: ${diagnoses.length} diagnoses` }, [
          { run, plan, allowance, step, skill: state.skill, diagnoses, momentum: state.momentum, previous },
        ]),
      );
      state.momentum = accumulated.momentum;
      return accumulated.patterns;
    };
    const source = patchFirst ? `${diagnoses.length} diagnoses` : `${await accumulate()} patterns`;

    // Parameter update, proposed: edits on the right layer of the package, within the step's edit budget.
    scope.enter('patch');
    const { skill, momentum, previous, rejected } = state;
    const unrecorded = patchFirst ? diagnoses : [];
    const proposal = await steering.paid((allowance) =>
      stage.patch.executeWithOptions({ ...stageOptions, summary: `${label}: from ${source}` }, [
        {
          ...{ run, plan, allowance, duty: 'step', step, steps: scope.steps },
          ...{ skill, momentum, diagnoses: unrecorded, rejected, previous },
          ...{ scores: rollouts.map(({ score }) => score), trainingSet },
        },
      ]),
    );
    state.rejected = proposal.rejected;

    // Parameter update, decided: the candidate replaces the current version only if the validation gate says so, and a
    // person who is asked for approval doesn't object.
    scope.enter('gate');
    const decided = await scope.decide(proposal);
    if (decided?.accepted === true) state.skill = decided.candidate;

    const stopped = await scope.endStep(rollouts, proposal, decided);
    if (patchFirst) await accumulate();
    if (stopped !== null) return scope.close(stopped);
  }
  if (input.config.slowUpdate) await slowUpdate(scope);
  return scope.close(null);
}
