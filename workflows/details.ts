import type { Progress, StepSummary } from '../records/progress';
import { reviewText } from '../records/review';
import { settingsLine } from '../records/settings';
import type { Spending } from '../records/usage';

/** What came of a rollout, for people. */
export interface ShownRollout {
  task: string;
  version: string;
  solved: boolean;
  verdict: string;
  /** How the attempt ended, and what it took. */
  attempt: string;
}

/** Calls, tokens and cost; an unknown cost is called unknown. */
export function spendingText({ calls, tokens, costUsd }: Spending): string {
  return `${calls} calls, ${tokens} tokens, ${costUsd === null ? 'cost unknown' : `${costUsd.toFixed(4)} USD`}`;
}

/**
 * A workflow's state as Markdown, for the current details in the Temporal UI: why it waits, where it is, the decisions of
 * its last steps and the verdicts of its last rollouts.
 */
export function details(progress: Progress, rollouts: readonly ShownRollout[]): string {
  const { spending, pause, history } = progress;
  const rows = [
    ['stage', progress.stage],
    ...(progress.epochs > 0 ? [['epoch', `${progress.epoch} of ${progress.epochs}`]] : []),
    ...(progress.steps > 0 ? [['step', stepText(progress)]] : []),
    ...(progress.tasks > 0
      ? [['tasks', `${progress.tasksDone} of ${progress.tasks} done, ${progress.solved} solved`]]
      : []),
    ['spent', spendingText(spending)],
    ...(progress.currentSkill ? [['skill version', progress.currentSkill.slice(7, 15)]] : []),
    ...(progress.child ? [['at work', progress.child]] : []),
    ...(progress.quarantined.length > 0 ? [['in quarantine', progress.quarantined.join(', ')]] : []),
    ...progress.settings.slice(-3).map((settings) => ['settings', settingsLine(settings)]),
    ...progress.warnings.map((warning) => ['warning', warning]),
  ];
  return [
    ...(pause === null
      ? []
      : [
          `**Paused** (${pause.kind}): ${pause.message}\n\n${pause.fix}${pause.also === undefined ? '' : `\n\nAlso ${pause.also}`}`,
        ]),
    table(['', ''], rows),
    ...(history.length === 0
      ? []
      : [table(['step', 'batch', 'decision', 'skill version'], history.slice(-5).map(stepRow))]),
    ...(rollouts.length === 0 ? [] : [table(['task', 'skill', 'verdict', 'attempt'], rollouts.map(rolloutRow))]),
  ].join('\n\n');
}

function stepRow(step: StepSummary): string[] {
  const batch = step.tasks === 0 ? 'slow update' : `${step.solved} of ${step.tasks} solved`;
  return [`epoch ${step.epoch}, step ${step.step}`, batch, decision(step), step.skill.slice(7, 15)];
}

const rolloutRow = ({ task, version, verdict, attempt }: ShownRollout): string[] => [task, version, verdict, attempt];

function stepText({ step, steps, stepOfRun = step }: Progress): string {
  return stepOfRun === step ? `${step} of ${steps}` : `${stepOfRun} (${step} of ${steps} in the epoch)`;
}

/** What became of a step's patch: the gate's decision, then a person's. */
function decision({ edits, verdict, accepted: taken, review }: StepSummary): string {
  if (edits === 0) return 'no patch';
  const person = review === undefined ? '' : `; ${reviewText(review)}`;
  if (verdict === null) return `${edits} edits ${taken ? 'accepted without a gate' : 'not accepted'}${person}`;
  const { candidateSolved, currentSolved, tasks, accepted } = verdict;
  const shown = (solved: number): number => Math.round(solved * 100) / 100;
  const measured = `${shown(candidateSolved)} against ${shown(currentSolved)} of ${tasks}`;
  return `${edits} edits ${accepted ? 'accepted' : 'refused'} (${measured})${person}`;
}

/** A Markdown table; what a cell holds can't break out of it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(/[\r\n]+/g, ' ').replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
