import pc from 'picocolors';
import type { Price } from '../../records/plan';
import { claimLevel, showsGain, type BeforeAfter } from '../../records/gain';
import type { RunResult, StepSummary } from '../../records/progress';
import { settingsLine } from '../../records/settings';
import { signTest } from '../../records/sign-test';
import type { DeliveredRun } from '../runs/deliver-run';
import { colourDiff } from '../runs/skill-diff';
import { decisionText, duration, spendingText } from './progress-text';
import { countText } from './sizes';

const diffLines = 120;

/** What a run came to, for people: measurements, patches, cost, the diff, and where everything lies. */
export function resultText({ result, plan, diff, written }: DeliveredRun, elapsedMs: number | null): string {
  const { warnings } = result;
  return [
    pc.bold(`Result of ${result.run}`),
    ...measuredText(result),
    ...priceRows(Object.values(plan.prices)),
    ...(elapsedMs === null ? [] : [row('Time', duration(elapsedMs))]),
    ...warnings.map((warning) => row('Warning', warning)),
    '',
    ...diffRows(diff, written.diff),
    '',
    row('Skill', written.skill),
    row('Report data', written.report),
    ...(written.momentum === null ? [] : [row('Momentum', written.momentum)]),
    ...(written.histories === null ? [] : [row('Histories', written.histories)]),
  ].join('\n');
}

/** What a run measured and spent, as rows: before and after, patches, cost. */
export function measuredText(result: RunResult): string[] {
  const { heldOut, validation, note, spending, quarantined, settings } = result;
  return [
    row('Held out', beforeAfter(heldOut)),
    ...(heldOut.after.tasks === 0 ? [] : [row('', pc.dim(claim(heldOut)))]),
    row('Validation', validation === null ? 'none' : beforeAfter(validation)),
    ...(note === null ? [] : [row('Note', note)]),
    ...(quarantined.length === 0
      ? []
      : [row('Quarantined', `${quarantined.join(', ')} (left out of what was measured)`)]),
    ...patchRows(result),
    ...settings.map((change, index) => row(index === 0 ? 'Settings' : '', settingsLine(change))),
    row('Spent', spendingText(spending)),
  ];
}

function row(name: string, value: string): string {
  return `${name.padEnd(13)}${value}`;
}

/** What the held-out tasks say about a gain; the validation tasks have picked the version, so that they prove nothing. */
function claim(heldOut: BeforeAfter): string {
  const { wins, losses } = heldOut;
  if (wins + losses === 0) return 'no task is solved by one version alone: no difference is shown';
  const p = signTest(wins, losses);
  const counts = `${wins} won, ${losses} lost, p = ${p < 0.001 ? '< 0.001' : p.toFixed(3)}`.replace('= <', '<');
  if (showsGain(heldOut)) return `${counts}: a gain, beyond chance (sign test, level ${claimLevel})`;
  return `${counts}: ${losses > wins && p <= claimLevel ? 'a loss, beyond chance' : 'may be chance'} (sign test, level ${claimLevel})`;
}

function beforeAfter({ before, after }: BeforeAfter): string {
  if (after.tasks === 0) return 'not measured';
  const change = after.solved - before.solved;
  const numbers = `${before.solved}/${before.tasks} → ${after.solved}/${after.tasks} solved`;
  const shown = change > 0 ? pc.green(numbers) : change < 0 ? pc.red(numbers) : numbers;
  return `${shown} (${change > 0 ? '+' : change < 0 ? '−' : '±'}${Math.abs(change)})`;
}

function patchRows({ steps }: RunResult): string[] {
  if (steps.length === 0) return [row('Patches', 'none')];
  return steps.map((step, index) => row(index === 0 ? 'Patches' : '', patchText(step)));
}

function patchText(summary: StepSummary): string {
  const { step, edits, patch, verdict, review, accepted } = summary;
  if (patch === null || edits === 0) return `step ${step}: no patch`;
  const what = `step ${step}: ${countText(edits, 'edit')}`;
  const text = decisionText(summary);
  if (verdict === null && review === undefined) return `${what} ${text}`;
  return `${what} ${accepted ? pc.green(text) : pc.red(text)}`;
}

function priceRows(prices: (Price | null)[]): string[] {
  const rows = prices
    .filter((price) => price !== null)
    .map(({ inputUsd, outputUsd, label }) => `$${inputUsd} in, $${outputUsd} out a million tokens: ${label}`);
  return [...new Set(rows)].map((text, index) => row(index === 0 ? 'Priced at' : '', text));
}

function diffRows(diff: string, file: string | null): string[] {
  if (diff === '') return ['The skill is unchanged.'];
  const lines = diff.trimEnd().split('\n');
  const left = lines.length - diffLines;
  return [
    pc.bold('What changed in the skill'),
    colourDiff(lines.slice(0, diffLines).join('\n')),
    ...(left > 0 ? [`… ${left} more lines${file === null ? '' : ` in ${file}`}`] : []),
  ];
}
