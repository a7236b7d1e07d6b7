import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { Progress, StepSummary } from '../records/progress';
import type { Spending } from '../records/usage';
import { addSpending } from '../records/usage';
import { searchAttributes } from './search-attributes';
import type { Steering } from './steering';

/** Shows a workflow's state to people: the progress query, current details in the UI, and search attributes. */
export interface Reporter {
  progress: () => Progress;
  /** Refreshes the current details; costs no history event. */
  show: () => void;
  /** Refreshes details and search attributes; one history event, so at changes of stage only. */
  publish: (extra?: { accuracy?: number }) => void;
}

type Own = Partial<Progress> & { stage: string };

export function reporter(
  scope: { run: string; spentBefore: Spending; searchable: boolean },
  steering: Steering,
  own: () => Own,
): Reporter {
  const progress = (): Progress => ({
    run: scope.run,
    epoch: 0,
    epochs: 0,
    step: 0,
    steps: 0,
    tasksDone: 0,
    tasks: 0,
    solved: 0,
    currentSkill: null,
    child: null,
    history: [],
    ...own(),
    spending: addSpending(scope.spentBefore, steering.spending),
    pause: pauseOf(steering),
    warnings: steering.warnings,
  });
  const show = () => setCurrentDetails(markdown(progress()));
  const publish: Reporter['publish'] = (extra = {}) => {
    show();
    if (!scope.searchable) return;
    const { stage, epoch, spending, pause } = progress();
    upsertSearchAttributes([
      { key: searchAttributes.stage, value: stage },
      { key: searchAttributes.epoch, value: epoch },
      { key: searchAttributes.paused, value: pause?.kind ?? 'no' },
      // null takes the attribute away: an unknown cost must not go on looking like an earlier one.
      { key: searchAttributes.costUsd, value: spending.costUsd },
      ...(extra.accuracy === undefined ? [] : [{ key: searchAttributes.accuracy, value: extra.accuracy }]),
    ]);
  };
  steering.onChange = () => publish();
  return { progress, show, publish };
}

function pauseOf(steering: Steering): Progress['pause'] {
  const waiting = steering.waiting ?? steering.childWaiting;
  if (waiting !== null) return waiting;
  if (!steering.control.paused) return null;
  return { kind: 'user', message: 'paused by a user', fix: '`skillgrad resume RUN` goes on' };
}

/** One line of a step's decision, as shown in the UI and in reports. */
function decision(step: StepSummary): string {
  if (step.verdict === null) return step.edits === 0 ? 'no patch' : `${step.edits} edits accepted without a gate`;
  const { candidateSolved, currentSolved, tasks } = step.verdict;
  const shown = (solved: number): number => Math.round(solved * 100) / 100;
  return `${step.edits} edits ${step.accepted ? 'accepted' : 'refused'} (${shown(candidateSolved)} against ${shown(currentSolved)} of ${tasks})`;
}

function markdown(progress: Progress): string {
  const { spending, pause, history } = progress;
  const last = history.at(-1);
  const rows = [
    ['stage', progress.stage],
    ...(progress.epochs > 0 ? [['epoch', `${progress.epoch} of ${progress.epochs}`]] : []),
    ...(progress.steps > 0 ? [['step', `${progress.step} of ${progress.steps}`]] : []),
    ['tasks', `${progress.tasksDone} of ${progress.tasks} done, ${progress.solved} solved`],
    [
      'spent',
      `${spending.calls} calls, ${spending.tokens} tokens, ${spending.costUsd === null ? 'cost unknown' : `${spending.costUsd.toFixed(4)} USD`}`,
    ],
    ...(last ? [['last decision', `step ${last.step}: ${decision(last)}`]] : []),
    ...(progress.currentSkill ? [['skill version', progress.currentSkill.slice(7, 19)]] : []),
    ...progress.warnings.map((warning) => ['warning', warning]),
  ];
  const table = ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');
  return pause === null ? table : `**Paused** (${pause.kind}): ${pause.message}\n\n${pause.fix}\n\n${table}`;
}
