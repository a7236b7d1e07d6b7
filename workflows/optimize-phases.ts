import { ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { authorText } from '../records/control';
import { oversizedBatch } from '../records/mini-batches';
import type { OptimizeState } from '../records/workflows';
import { stageOptions } from './activity-options';
import { beforeAfter, confirm, unchanged } from './confirmation';
import { nothingGathered } from './optimize-state';
import { OutOfBudget } from './pause-reasons';
import type { OptimizeScope } from './optimize-scope';

const { patch } = proxyActivities<Activities>(stageOptions);
/** Why a stopped run has measured less. */
const unpaid = 'it was told to stop with its budget spent';
/** Sample number of the confirmation: far above any that a gate uses, so that its measurements are fresh. */
const confirmationSample = 1_000_000;
const oneStep = { batches: 1, epochs: 1, slowUpdates: false };

/**
 * Runs the seed skill on training tasks, in seeded order, until enough of them have failed to learn from; the paper's
 * protocol runs all of them, and draws from all failures.
 */
export async function rollOutBase(scope: OptimizeScope, state: OptimizeState): Promise<void> {
  const { config, sizes, seedSkill } = state.prepared;
  const base = await scope.evaluate(state, {
    purpose: 'base',
    pool: 'training',
    tasks: sizes.training,
    arms: [{ skill: seedSkill, sample: 0 }],
    stop: config.sampling === 'paper' ? null : { kind: 'failures', count: config.trainTasks },
  });
  state.trainingSet = base.rollouts;
  state.failures = Math.min(config.trainTasks, base.tasks - (base.solved[0] ?? 0));
  if (state.failures === 0) state.note = 'nothing to learn: the seed skill solves every training task';
  const { stopped } = scope.steering.control;
  if (stopped) state.note = 'stopped before the first step: the seed is delivered';
  state.phase = stopped || state.failures === 0 ? 'held-out' : 'epochs';
  const oversized = state.phase === 'held-out' ? null : oversizedBatch(config, state.failures);
  if (oversized !== null) throw ApplicationFailure.nonRetryable(oversized, 'input.oversized-batch');
}

/** The baseline of a skill that is written once, from task prompts alone. */
export async function writeOneShot(scope: OptimizeScope, state: OptimizeState): Promise<void> {
  const { plan, seedSkill: skill } = state.prepared;
  const nothing = { momentum: null, diagnoses: [], scores: [], trainingSet: null, rejected: null, previous: null };
  const written = await scope.steering
    .paid((allowance) =>
      patch.executeWithOptions({ ...stageOptions, summary: 'a skill from task prompts alone' }, [
        { run: scope.run, plan, allowance, duty: 'one-shot', step: 1, steps: oneStep, skill, ...nothing },
      ]),
    )
    .catch((error: unknown) => {
      if (error instanceof OutOfBudget) return { candidate: null };
      throw error;
    });
  const { candidate } = written;
  if (candidate === null) state.note = 'baseline: the model wrote no valid skill; the seed is delivered';
  else state.finalSkill = candidate;
  state.phase = 'held-out';
}

/** One epoch over the failures; moves on to the confirmation when epochs are used up or stopped early. */
export async function optimiseOneEpoch(scope: OptimizeScope, state: OptimizeState): Promise<void> {
  const { config } = state.prepared;
  const { state: learned, stopped } = await scope.epoch(state);
  state.epochState = { ...learned, batch: 0, gathered: nothingGathered() };
  const { stopped: asked, stoppedBy } = scope.steering.control;
  const who = stopped === 'asked' && stoppedBy !== undefined ? ` by ${authorText(stoppedBy)}` : '';
  if (stopped !== null) state.stoppedEarly = `epoch ${state.epoch}: ${stopped}${who}`;
  if (stopped !== null || asked || state.epoch >= config.epochs) state.phase = 'confirm';
  else state.epoch += 1;
}

/** Compares the best version with the seed on fresh validation samples; where it isn't ahead the seed is delivered. */
export async function confirmBest(scope: OptimizeScope, state: OptimizeState): Promise<void> {
  const { config, sizes, seedSkill } = state.prepared;
  const best = state.epochState.skill;
  state.finalSkill = best;
  state.note = best === seedSkill ? unchanged : null;
  state.phase = 'held-out';
  if (!config.confirmation || sizes.validation === 0) return;
  const versions = best === seedSkill ? [seedSkill] : [best, seedSkill];
  const measured = await scope.evaluate(state, {
    purpose: 'confirmation',
    pool: 'validation',
    tasks: sizes.validation,
    arms: versions.map((skill) => ({ skill, sample: confirmationSample })),
    stop: null,
  });
  if (measured.tasks + measured.quarantined === sizes.validation)
    Object.assign(state, confirm(best, seedSkill, measured));
  else state.note = `${state.note ?? 'the best version is delivered unconfirmed'}: ${unpaid}`;
}

/** Measures seed and final version on the held-out tasks, which nothing has touched before. */
export async function measureHeldOut(scope: OptimizeScope, state: OptimizeState): Promise<void> {
  const { config, sizes, seedSkill } = state.prepared;
  const final = config.method === 'no-skill' ? null : state.finalSkill;
  const versions = final === seedSkill ? [seedSkill] : [final, seedSkill];
  if (final === null) state.note = 'baseline: after is the agent without a skill; the seed is delivered as it was';
  const measured = await scope.evaluate(state, {
    purpose: 'held-out',
    pool: 'heldOut',
    tasks: sizes.heldOut,
    arms: versions.map((skill) => ({ skill, sample: 0 })),
    stop: null,
  });
  const { tasks } = measured;
  state.heldOut = { ...beforeAfter(measured), rollouts: measured.rollouts };
  if (tasks + measured.quarantined < sizes.heldOut) {
    const note = `${tasks} of ${sizes.heldOut} held-out tasks are measured: ${unpaid}`;
    state.note = state.note === null ? note : `${state.note}; ${note}`;
  }
  state.phase = 'deliver';
}
