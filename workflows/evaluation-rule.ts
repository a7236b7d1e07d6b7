import { mean, sign } from '../records/differences';
import type { GateVerdict, PairedScore } from '../records/gate';
import type { EvaluateInput } from '../records/workflows';
import { blockToMeasure, decide } from './validation-gate';

/**
 * What an evaluation has measured: for each task in order one `1` or `0` an arm, or `leftOut`; undefined where none is
 * known yet.
 */
export type SolvedBits = readonly (string | undefined)[];
type Rule = Pick<EvaluateInput, 'stop' | 'tasks'>;

/** Of a task that kills its worker: it counts for no arm, as if it had never been among the tasks. */
export const leftOut = '-';

/** The gate's verdict on what is measured; null without a gate or while it is undecided. */
export function verdictOf(rule: Rule, solved: SolvedBits): GateVerdict | null {
  return decided(rule, solved)?.verdict ?? null;
}

/** The gate's verdict, and the tasks in order that it took, with those left out. */
function decided(rule: Rule, solved: SolvedBits): { verdict: GateVerdict; prefix: number } | null {
  if (rule.stop?.kind !== 'gate') return null;
  const measured = measuredCount(solved);
  // What is left out makes the sample smaller, so each prefix is looked at on its own: the verdict then is the first one
  // in task order, whichever task ended last.
  const firstLeftOut = solved.indexOf(leftOut);
  for (let prefix = firstLeftOut < 0 ? measured : firstLeftOut; prefix <= measured; prefix += 1) {
    const { scores, total } = counting(rule, solved.slice(0, prefix));
    const verdict = decide(rule.stop.gate, scores, total);
    if (verdict !== 'undecided') return { verdict, prefix: firstLeftOut < 0 ? verdict.tasks : prefix };
  }
  return null;
}

/** What counts of the measured tasks, and how many are in the sample without those left out. */
function counting({ tasks }: Rule, solved: SolvedBits): { scores: (PairedScore | undefined)[]; total: number } {
  const counted = Array.from(solved).filter((bits) => bits !== leftOut);
  return { scores: pairedMeans(counted), total: tasks - (solved.length - counted.length) };
}

/** Whether the rule needs nothing more; what lies behind a task that is not measured yet doesn't count. */
export function finished(rule: Rule, solved: SolvedBits): boolean {
  if (rule.stop?.kind === 'gate') return verdictOf(rule, solved) !== null;
  if (rule.stop?.kind !== 'failures') return false;
  return failuresIn(solved.slice(0, measuredCount(solved))) >= rule.stop.count;
}

/** Tasks that count: up to the one that satisfied the rule, whatever was measured later. */
export function shortestPrefix(rule: Rule, solved: SolvedBits): number {
  const verdict = decided(rule, solved);
  if (verdict !== null) return verdict.prefix;
  const measured = measuredCount(solved);
  if (rule.stop?.kind !== 'failures') return measured;
  let failures = 0;
  for (let length = 1; length <= measured; length += 1) {
    failures += solved[length - 1] === '0' ? 1 : 0;
    if (failures >= rule.stop.count) return length;
  }
  return measured;
}

/** Whether the task at `index` may start now: none is bought that the rule may turn out not to need. */
export function mayStart(rule: Rule, solved: SolvedBits, index: number): 'start' | 'wait' | 'end' {
  if (finished(rule, solved)) return 'end';
  if (rule.stop === null) return 'start';
  if (rule.stop.kind === 'failures') {
    const before = Array.from({ length: index }, (_, task) => solved[task]);
    const possible = before.filter((bits) => bits === undefined || bits === '0').length;
    return possible < rule.stop.count ? 'start' : 'wait';
  }
  const measured = measuredCount(solved);
  const { scores, total } = counting(rule, solved.slice(0, measured));
  return index < measured + blockToMeasure(rule.stop.gate, scores, total) ? 'start' : 'wait';
}

/** Length of the measured prefix in task order. */
function measuredCount(solved: SolvedBits): number {
  const gap = Array.from(solved, (bits) => bits === undefined).indexOf(true);
  return gap === -1 ? solved.length : gap;
}

const failuresIn = (solved: SolvedBits): number => solved.filter((bits) => bits === '0').length;

/** Tasks on which the first half of the arms did better than the second, and worse; none of a single arm. */
export function comparison(counted: readonly string[]): { wins: number; losses: number } {
  const signs = pairedMeans(counted.filter((bits) => bits.length > 1)).map((pair) =>
    pair === undefined ? 0 : sign(pair.candidate - pair.current),
  );
  return { wins: signs.filter((at) => at > 0).length, losses: signs.filter((at) => at < 0).length };
}

/** Per task the mean over the candidate's samples, the first half of the arms, and over the current version's. */
function pairedMeans(solved: SolvedBits): (PairedScore | undefined)[] {
  return Array.from(solved, (bits) => {
    if (bits === undefined) return undefined;
    const arms = Array.from(bits, Number);
    const half = arms.length / 2;
    return { candidate: mean(arms.slice(0, half)), current: mean(arms.slice(half)) };
  });
}
