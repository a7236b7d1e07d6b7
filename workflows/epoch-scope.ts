import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { StepSummary } from '../records/progress';
import type { PatchResult, Rollout } from '../records/stages';
import type { EpochInput, EpochResult, EpochState } from '../records/workflows';
import { stageOptions } from './activity-options';
import { batchesLeft } from './batches-left';
import type { ShownRollout } from './details';
import { validationGate } from './gate-child';
import { OutOfBudget } from './pause-reasons';
import { orPart } from './parting';
import { reporter } from './reporter';
import { accuracyOf, tellStep } from './step-news';
import { decide, type Decided } from './review';
import { renewSettings } from './settings';
import { steer } from './steering';
import { enterDecision, stopReason } from './step-decision';

const { deliver } = proxyActivities<Activities>(stageOptions);
type Proposal = PatchResult & { status: 'done' };
export type EpochScope = ReturnType<typeof openEpoch>;

/** The bookkeeping of an epoch: batches, progress, the gate's child, early stops, changes of settings. */
export function openEpoch(started: EpochInput) {
  const input = { ...started };
  const state: EpochState = { ...input.state };
  const steering = steer({ ...input, gathered: state.gathered });
  const steps: StepSummary[] = [];
  const at = { stage: 'execute', tasksDone: 0, tasks: 0, solved: 0, child: null as string | null };
  const stepsBefore = state.step - state.batch;
  const report = reporter(input, steering, () => ({
    ...at,
    epoch: input.epoch,
    epochs: input.epochs,
    step: Math.min(state.batch + 1, input.batches),
    steps: input.batches,
    stepOfRun: Math.max(state.step, stepsBefore + Math.min(state.batch + 1, input.batches)),
    currentSkill: state.skill,
    history: state.recent,
    settings: state.settings ?? [],
  }));

  async function writeSteps(): Promise<void> {
    if (steps.length === 0) return;
    const written = [...steps];
    state.stepPages = await steering.plain(() => deliver({ kind: 'steps', previous: state.stepPages, steps: written }));
    steps.splice(0, written.length);
  }

  const carry = (): EpochState => ({ ...state, gathered: steering.gathered() });

  const close = (stopped: EpochResult['stopped']): EpochResult => {
    const { plan, config } = input;
    stopped ??= steering.control.stopped ? 'asked' : null;
    return { state: carry(), stopped, ...(state.settings === undefined ? {} : { inForce: { plan, config } }) };
  };

  /** Puts into force what people have set; from here on the epoch goes by the plan that this makes. */
  async function renew(): Promise<void> {
    const { plan, config, searchable } = input;
    const since = { stage: 'epochs', epoch: input.epoch, step: state.step + 1 };
    const known = state.settings ?? [];
    const renewed = await renewSettings(steering, { inForce: { plan, config }, known, searchable }, since);
    if (renewed === null) return;
    state.settings = renewed.settings;
    Object.assign(input, renewed.inForce, { concurrency: renewed.inForce.config.concurrency });
    report.show();
  }

  function beginStep(batch: readonly string[]) {
    state.step += 1;
    Object.assign(at, { tasks: batch.length, tasksDone: 0, solved: 0 });
    const { step } = state;
    const { run, plan, trainingSet } = input;
    return { run, plan, trainingSet, step, label: `epoch ${input.epoch}, step ${step}` };
  }

  /** What the gate, and a person where the run asks for one, make of the step's candidate; null without one. */
  async function decideOn({ candidate, patch }: Proposal): Promise<Decided | null> {
    if (candidate === null) return null;
    return decide(input, steering, state, { candidate, patch }, async (version, edited) => {
      at.child = `${workflowInfo().workflowId}/gate-${state.step}${edited ? '-edited' : ''}`;
      const verdict = await validationGate(input, steering, state, version, at.child);
      at.child = null;
      return verdict;
    });
  }

  function enterStep(rollouts: readonly Rollout[], proposal: Proposal, decided: Decided | null): void {
    const summary = enterDecision(state, input, rollouts, proposal, decided);
    steps.push(summary);
    report.publish(accuracyOf(summary));
    tellStep(summary, steering.spending);
  }

  /** Enters the step's decision; returns why the epoch should stop early, or null. */
  async function endStep(
    rollouts: readonly Rollout[],
    proposal: Proposal,
    decided: Decided | null,
  ): Promise<EpochResult['stopped']> {
    enterStep(rollouts, proposal, decided);
    const stopped = stopReason(state, input.config, steering.control.stopped);
    if (stopped !== null) await writeSteps();
    return stopped;
  }

  /** Enters the decision on a slow update, the last of an epoch. */
  async function endSlowUpdate(proposal: Proposal, decided: Decided | null): Promise<void> {
    enterStep([], proposal, decided);
    await writeSteps();
  }

  /** Runs the epoch's work; a step that a stopped run can't pay for any more is dropped, and the epoch ends there. */
  async function whilePaid(work: () => Promise<EpochResult>): Promise<EpochResult> {
    try {
      return await orPart(steering, () => ({ state: carry(), steps, plan: input.plan }), work);
    } catch (error) {
      if (!(error instanceof OutOfBudget)) throw error;
      await writeSteps();
      return close('asked');
    }
  }

  return {
    /** What the epoch goes by: what it was started with, and what was set since. */
    input,
    state,
    steering,
    whilePaid,
    steps: { batches: input.batches, epochs: input.epochs, slowUpdates: input.config.slowUpdate },
    progress: report.progress,
    miniBatches: () => batchesLeft(input, state, steering, { renew, writeSteps, carry }),
    beginStep,
    enter: (stage: string) => {
      at.stage = stage;
      report.publish();
    },
    finishTask: (shown: ShownRollout) => {
      at.tasksDone += 1;
      at.solved += shown.solved ? 1 : 0;
      report.rollout(shown);
    },
    decide: decideOn,
    endStep,
    endSlowUpdate,
    close,
  };
}
