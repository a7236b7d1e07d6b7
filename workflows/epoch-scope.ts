import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { StepSummary } from '../records/progress';
import type { PatchResult, Rollout } from '../records/stages';
import type { EpochInput, EpochResult, EpochState } from '../records/workflows';
import { stageOptions } from './activity-options';
import type { ShownRollout } from './details';
import type { epoch } from './epoch';
import { validationGate } from './gate-child';
import { OutOfBudget } from './pause-reasons';
import { orPart } from './parting';
import { reporter } from './reporter';
import { accuracyOf, tellStep } from './step-news';
import { decide, type Decided } from './review';
import { steer } from './steering';
import { enterDecision, stopReason } from './step-decision';

const { prepare, deliver } = proxyActivities<Activities>(stageOptions);
const batchesPerPage = 25;
type Proposal = PatchResult & { status: 'done' };
export type EpochScope = ReturnType<typeof openEpoch>;

/** The bookkeeping of an epoch: batches, progress, the gate's child, early stops, continue-as-new. */
export function openEpoch(input: EpochInput) {
  const { run, plan, config } = input;
  const state: EpochState = { ...input.state };
  const steering = steer({ ...input, gathered: state.gathered });
  const steps: StepSummary[] = [];
  const at = { stage: 'execute', tasksDone: 0, tasks: 0, solved: 0 };
  let child: string | null = null;
  const report = reporter(input, steering, () => ({
    ...at,
    epoch: input.epoch,
    epochs: input.epochs,
    step: Math.min(state.batch + 1, input.batches),
    steps: input.batches,
    currentSkill: state.skill,
    child,
    history: state.recent,
  }));

  async function writeSteps(): Promise<void> {
    if (steps.length === 0) return;
    const written = steps.splice(0);
    state.stepPages = await steering.plain(() => deliver({ kind: 'steps', previous: state.stepPages, steps: written }));
  }

  const carry = (): EpochState => ({ ...state, gathered: steering.gathered() });

  const close = (stopped: EpochResult['stopped']): EpochResult => ({ state: carry(), stopped });

  /** Yields the batches that are left; between two of them the workflow may continue as new. */
  async function* miniBatches(): AsyncGenerator<string[]> {
    const { epoch: number, trainingSet } = input;
    while (state.batch < input.batches) {
      const from = state.batch;
      const page = await steering.plain(() =>
        prepare({ kind: 'mini-batches', plan, trainingSet, epoch: number, from, count: batchesPerPage }),
      );
      for (const batch of page.batches) {
        const done = state.batch + 1;
        yield batch;
        state.batch = done; // Also where all of its tasks are left out, so that no step is made of it.
        if (!workflowInfo().continueAsNewSuggested || state.batch >= input.batches) continue;
        await writeSteps();
        await continueAsNew<typeof epoch>({ ...input, control: steering.control, state: carry() });
      }
      await writeSteps();
    }
  }

  function beginStep(batch: readonly string[]) {
    state.step += 1;
    Object.assign(at, { tasks: batch.length, tasksDone: 0, solved: 0 });
    const { step } = state;
    return { run, plan, trainingSet: input.trainingSet, step, label: `epoch ${input.epoch}, step ${step}` };
  }

  /** What the gate, and a person where the run asks for one, make of the step's candidate; null without one. */
  async function decideOn({ candidate, patch }: Proposal): Promise<Decided | null> {
    if (candidate === null) return null;
    return decide(input, steering, state, { candidate, patch }, async (version, edited) => {
      child = `${workflowInfo().workflowId}/gate-${state.step}${edited ? '-edited' : ''}`;
      const verdict = await validationGate(input, steering, state, version, child);
      child = null;
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
    const stopped = stopReason(state, config, steering.control.stopped);
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
      return await orPart(steering, () => ({ state: carry(), steps }), work);
    } catch (error) {
      if (!(error instanceof OutOfBudget)) throw error;
      await writeSteps();
      return close('asked');
    }
  }

  return {
    state,
    steering,
    whilePaid,
    steps: { batches: input.batches, epochs: input.epochs, slowUpdates: config.slowUpdate },
    progress: report.progress,
    miniBatches,
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
