import type { Progress, StepSummary } from '../../records/progress';
import type { Caps, Spending } from '../../records/usage';
import { countText } from './sizes';

/** `1 h 02 min`, `4 min 05 s`, `12 s`. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} min`;
  return seconds >= 60 ? `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s` : `${seconds} s`;
}

/** `1:02:03`, `4:05`, `0:12`. */
function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function tokensText(tokens: number): string {
  if (tokens >= 9_999_500) return `${(tokens / 1e6).toFixed(1)}M`;
  return tokens >= 10_000 ? `${Math.round(tokens / 1000)}k` : String(tokens);
}

/** A cost in USD; an unknown one is called unknown, never 0. */
export function costText(costUsd: number | null): string {
  if (costUsd === null) return 'cost unknown';
  return `$${costUsd.toFixed(costUsd >= 100 ? 2 : 4)}`;
}

/** Calls, tokens and cost. */
export function spendingText({ calls, tokens, costUsd }: Spending): string {
  return `${countText(calls, 'call')} · ${tokensText(tokens)} tokens · ${costText(costUsd)}`;
}

/** Caps in words; `any amount` where there are none. */
export function budgetText({ costUsd, calls, tokens, hours }: Caps): string {
  const caps = [
    ...(costUsd === null ? [] : [costText(costUsd)]),
    ...(calls === null ? [] : [countText(calls, 'call')]),
    ...(tokens === null ? [] : [countText(tokens, 'token')]),
    ...(hours === null ? [] : [`${countText(hours, 'hour')} of work`]),
  ];
  return caps.length === 0 ? 'any amount' : caps.join(', ');
}

/**
 * One line of where a run is, within `columns` characters: shorter words are taken, and the number of calls is left out,
 * before anything that matters more.
 */
export function progressLine(progress: Progress, elapsedMs: number, columns: number): string {
  const { epoch, epochs, step, steps, stage, tasks, tasksDone, solved, spending } = progress;
  const line = (short: boolean, withCalls: boolean): string =>
    [
      clock(elapsedMs),
      ...(epochs > 0 && epoch > 0 ? [`${short ? 'ep' : 'epoch'} ${epoch}/${epochs}`] : []),
      ...(steps > 0 ? [`${short ? 'st' : 'step'} ${step}/${steps}`] : []),
      tasks > 0 ? `${stage} ${tasksDone}/${tasks}, ${solved} solved` : stage,
      ...(withCalls ? [countText(spending.calls, 'call')] : []),
      `${tokensText(spending.tokens)} ${short ? 'tok' : 'tokens'}`,
      costText(spending.costUsd),
    ].join(short ? '  ' : ' · ');
  const lines = [line(false, true), line(false, false), line(true, false)];
  return lines.find((text) => text.length <= columns) ?? line(true, false).slice(0, columns);
}

/** One line of what a step's patch came to. */
export function stepLine({ epoch, step, solved, tasks, edits, verdict, accepted, patch, review }: StepSummary): string {
  const rolled = `epoch ${epoch}, step ${step}: ${tasks === 0 ? 'slow update' : `${solved}/${tasks} solved`}`;
  if (patch === null || edits === 0) return `${rolled}; no patch`;
  const what = `${edits} ${edits === 1 ? 'edit' : 'edits'}`;
  if (verdict === null) return `${rolled}; ${what} ${accepted ? 'accepted without a gate' : 'not accepted'}`;
  // The gate had accepted what a person was asked about.
  const person =
    review === undefined ? '' : `, review: ${review.action}${review.note === '' ? '' : ` (${review.note})`}`;
  return `${rolled}; ${what} ${verdictText(accepted, verdict)}${person}`;
}

/** The gate's decision with its numbers. */
export function verdictText(accepted: boolean, verdict: NonNullable<StepSummary['verdict']>): string {
  const { candidateSolved, currentSolved, tasks } = verdict;
  // Means over several samples of a task.
  const shown = (solved: number): number => Math.round(solved * 100) / 100;
  return `${accepted ? 'accepted' : 'refused'}: ${shown(candidateSolved)} against ${shown(currentSolved)} of ${tasks} at the gate`;
}

/** Why a run waits and what to do, with the run's name put in. */
export function pauseText(pause: NonNullable<Progress['pause']>, run: string): string {
  const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1).replace(/\.$/, '');
  const { kind, message, fix } = pause;
  return [
    `paused (${kind}): ${message.replace(/\.$/, '')}`,
    // A model's fault says its fix itself.
    ...(message.includes(fix) ? [] : [sentence(fix).replace(/\bRUN\b/g, run)]),
    ...(fix.includes('`skillgrad') ? [] : [`\`skillgrad resume ${run}\` goes on`]),
  ].join('. ');
}
