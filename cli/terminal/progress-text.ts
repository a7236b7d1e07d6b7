import type { Progress, StepSummary } from '../../records/progress';
import { reviewText } from '../../records/review';
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

/** A cap on cost: whole cents, where it has no smaller part. */
function capUsd(costUsd: number): string {
  return Number.isInteger(Math.round(costUsd * 1e6) / 1e4) ? `$${costUsd.toFixed(2)}` : costText(costUsd);
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
    ...(costUsd === null ? [] : [capUsd(costUsd)]),
    ...(calls === null ? [] : [countText(calls, 'call')]),
    ...(tokens === null ? [] : [countText(tokens, 'token')]),
    ...(hours === null ? [] : [`${countText(hours, 'hour')} of work`]),
  ];
  return caps.length === 0 ? 'any amount' : caps.join(', ');
}

/**
 * One line of where a run is, with its caps, within `columns` characters: shorter words are taken, and the number of
 * calls and the caps are left out, before anything that matters more.
 */
export function progressLine(progress: Progress, elapsedMs: number, columns: number): string {
  const { epoch, epochs, stage, tasks, tasksDone, solved, spending, caps } = progress;
  const line = (short: boolean, withCalls: boolean, withCaps: boolean): string => {
    const known = withCaps ? caps : undefined;
    const spent = (amount: string, cap: number | null | undefined, text: (cap: number) => string): string =>
      cap == null ? amount : `${amount} of ${text(cap)}`;
    const calls = known?.calls ?? spending.calls;
    return [
      clock(elapsedMs),
      ...(epochs > 0 && epoch > 0 ? [`${short ? 'ep' : 'epoch'} ${epoch}/${epochs}`] : []),
      ...stepText(progress, short),
      tasks > 0 ? `${stage} ${tasksDone}/${tasks}, ${solved} solved` : stage,
      ...(withCalls
        ? [
            `${spent(spending.calls.toLocaleString('en'), known?.calls, (cap) => cap.toLocaleString('en'))} ${calls === 1 ? 'call' : 'calls'}`,
          ]
        : []),
      `${spent(tokensText(spending.tokens), known?.tokens, tokensText)} ${short ? 'tok' : 'tokens'}`,
      spent(costText(spending.costUsd), known?.costUsd, capUsd),
      ...(known?.hours == null ? [] : [`${countText(known.hours, 'hour')} of work at most`]),
    ].join(short ? '  ' : ' · ');
  };
  const last = line(true, false, false);
  const lines = [line(false, true, true), line(false, false, true), line(false, false, false), last];
  return lines.find((text) => text.length <= columns) ?? last.slice(0, columns);
}

/** `step 1/2`; where other epochs came before, with the number in the whole run: `step 3 (1/2 of the epoch)`. */
function stepText({ step, steps, stepOfRun = step }: Progress, short: boolean): string[] {
  if (steps === 0) return [];
  const word = short ? 'st' : 'step';
  if (stepOfRun === step) return [`${word} ${step}/${steps}`];
  return [`${word} ${stepOfRun} (${step}/${steps}${short ? '' : ' of the epoch'})`];
}

/** One line of what a step's patch came to. */
export function stepLine(summary: StepSummary): string {
  const { epoch, step, solved, tasks, edits, patch } = summary;
  const rolled = `epoch ${epoch}, step ${step}: ${tasks === 0 ? 'slow update' : `${solved}/${tasks} solved`}`;
  if (patch === null || edits === 0) return `${rolled}; no patch`;
  return `${rolled}; ${countText(edits, 'edit')} ${decisionText(summary)}`;
}

/** What became of a step's edits: the gate's decision with its numbers, then that of a person who was asked. */
export function decisionText({
  accepted,
  verdict,
  review,
}: Pick<StepSummary, 'accepted' | 'verdict' | 'review'>): string {
  const person = review === undefined ? [] : [reviewText(review)];
  if (verdict !== null) return [verdictText(verdict.accepted, verdict), ...person].join('; ');
  return [accepted ? 'accepted without a gate' : 'not accepted', ...person].join('; ');
}

/** The gate's decision with its numbers. */
export function verdictText(accepted: boolean, verdict: NonNullable<StepSummary['verdict']>): string {
  const { candidateSolved, currentSolved, tasks } = verdict;
  // Means over several samples of a task.
  const shown = (solved: number): number => Math.round(solved * 100) / 100;
  return `${accepted ? 'accepted' : 'refused'}: ${shown(candidateSolved)} against ${shown(currentSolved)} of ${tasks} at the gate`;
}

/** A text about any run, with the name of one put in. */
export function withRunName(text: string, run: string): string {
  return text.replace(/\bRUN\b/g, run);
}

/** Why a run waits and what to do, with the run's name put in. */
export function pauseText(pause: NonNullable<Progress['pause']>, run: string): string {
  const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1).replace(/\.$/, '');
  const { kind, message, fix, also } = pause;
  return [
    `paused (${kind}): ${message.replace(/\.$/, '')}`,
    // A model's fault says its fix itself.
    ...(message.includes(fix) ? [] : [withRunName(sentence(fix), run)]),
    ...(fix.includes('`skillgrad') ? [] : [`\`skillgrad resume ${run}\` goes on`]),
    ...(also === undefined ? [] : [withRunName(`Also ${also}`, run)]),
  ].join('. ');
}
