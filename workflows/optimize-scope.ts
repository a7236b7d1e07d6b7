import { proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { firstControl, rewindName } from '../records/control';
import { batchCount } from '../records/mini-batches';
import type { StepSummary } from '../records/progress';
import type {
  ChildScope,
  EpochResult,
  EvaluateInput,
  EvaluateResult,
  OptimizeInput,
  OptimizeState,
} from '../records/workflows';
import { noSpending, type Spending } from '../records/usage';
import type { InForce } from '../records/stages';
import { stageOptions } from './activity-options';
import { runChild } from './child';
import { epoch } from './epoch';
import { evaluate } from './evaluate';
import { firstState, nothingGathered } from './optimize-state';
import { reporter } from './reporter';
import { goBy, renewRun } from './settings';
import { unsearchable } from './search-attributes';
import { accuracyOf, stepSignal } from './step-news';
import { steer } from './steering';

const { prepare } = proxyActivities<Activities>(stageOptions);
export type OptimizeScope = ReturnType<typeof openOptimize>;

/** A run's bookkeeping: its children, their shares of control and budget, its progress, what it carries over. */
export function openOptimize(input: OptimizeInput) {
  const { run, config } = input;
  const control = input.state?.control ?? firstControl(config.budget, Date.now());
  const steering = steer({
    control: { ...control, recall: control.recall ?? rewindName(run, workflowInfo().firstExecutionRunId, 1) },
    spentBefore: noSpending,
    gathered: input.state?.gathered ?? nothingGathered(),
    concurrency: config.concurrency,
  });
  const shown = {
    stage: 'prepare',
    epoch: 0,
    epochs: config.epochs,
    child: null as string | null,
    history: input.state?.epochState.recent ?? ([] as StepSummary[]),
    currentSkill: null as string | null,
    unsettled: noSpending as Spending,
  };
  let reached = input.state ?? null;
  const report = reporter({ run, spentBefore: noSpending, searchable: input.searchable }, steering, () => ({
    ...shown,
    settings: reached?.epochState.settings ?? [],
  }));

  setHandler(stepSignal, (step, unsettled) => {
    // News may arrive after the epoch's end, when its spending is settled.
    if (shown.child !== `${run}/epoch-${step.epoch}`) return;
    const history = [...shown.history, step].slice(-10);
    Object.assign(shown, { unsettled, history, epoch: step.epoch, currentSkill: step.skill });
    report.publish(accuracyOf(step));
  });

  async function start(): Promise<OptimizeState> {
    report.publish();
    if (input.state !== undefined) return input.state;
    const { skillDir, dataDir } = input;
    const prepared = await steering.plain(() => prepare({ kind: 'run', run, skillDir, dataDir, config }));
    steering.settle({ warnings: [...prepared.warnings, ...(input.searchable ? [] : [unsearchable])] });
    reached = firstState(prepared, steering.control);
    return reached;
  }

  const shared = ({ plan, config }: InForce): ChildScope => ({
    run,
    plan,
    concurrency: config.concurrency,
    control: steering.control,
    spentBefore: steering.spending,
    answeredBefore: steering.answered,
    searchable: input.searchable,
  });

  async function runEvaluation(
    state: OptimizeState,
    what: Pick<EvaluateInput, 'purpose' | 'pool' | 'tasks' | 'arms' | 'stop'>,
  ): Promise<EvaluateResult> {
    shown.child = `${run}/${what.purpose}`;
    const options = { workflowId: shown.child, staticSummary: `${what.purpose}: ${what.tasks} tasks` };
    const result = await runChild(steering, evaluate, options, { ...shared(state.prepared), ...what });
    shown.child = null;
    steering.settle(result.gathered);
    return result;
  }

  async function runEpoch(state: OptimizeState): Promise<EpochResult> {
    const { prepared, failures, trainingSet } = state;
    if (trainingSet === null) throw new Error('an epoch needs the base rollouts');
    shown.child = `${run}/epoch-${state.epoch}`;
    const result = await runChild(
      steering,
      epoch,
      { workflowId: shown.child, staticSummary: `epoch ${state.epoch} of ${config.epochs}: ${failures} tasks` },
      {
        ...shared(prepared),
        epoch: state.epoch,
        epochs: config.epochs,
        trainingSet,
        batches: batchCount(config, failures),
        config: prepared.config,
        validationTasks: prepared.sizes.validation,
        state: { ...state.epochState, gathered: nothingGathered(steering.answered) },
        ...input.repeats,
      },
    ).finally(() => Object.assign(shown, { child: null, unsettled: noSpending }));
    steering.settle(result.state.gathered);
    shown.history = result.state.recent;
    shown.currentSkill = result.state.skill;
    if (result.inForce) goBy(state, result.inForce, input.searchable);
    return result;
  }

  return {
    run,
    steering,
    report,
    start,
    renew: (state: OptimizeState) => renewRun(steering, state, input.searchable),
    evaluate: runEvaluation,
    epoch: runEpoch,
    enter: (stage: string, state?: OptimizeState) => {
      shown.stage = stage;
      shown.epoch = state?.epoch ?? shown.epoch;
      shown.currentSkill = state?.epochState.skill ?? shown.currentSkill;
      report.publish(
        state?.heldOut ? { accuracy: state.heldOut.after.solved / Math.max(1, state.heldOut.after.tasks) } : {},
      );
    },
    carry: (state: OptimizeState): OptimizeState => {
      return { ...state, control: steering.control, gathered: steering.gathered() };
    },
    /** Where the run has come to between its children; null before its inputs are frozen. */
    reached: () => reached,
    stage: () => shown.stage,
  };
}
