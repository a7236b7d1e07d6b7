import type { GateVerdict, PairedScore } from '../records/gate';
import type { GateConfig } from '../records/run-config';

/** Sums of means over several samples carry rounding errors; a lead counts as reached within this. */
const tolerance = 1e-9;

/**
 * Decides whether a candidate version replaces the current one, from validation tasks paired in a fixed order.
 *
 * Only the measured prefix of `scores` counts, and of it only the shortest part that decides: what finished later, or
 * out of order, changes neither the decision nor its numbers. So the verdict is the same at any concurrency.
 *
 * @param scores by task, in task order; undefined where a task is not measured yet.
 * @param total validation tasks at hand; a policy that asks for more is content with these.
 * @returns the verdict, or `undecided` while the policy needs more results.
 */
export function decide(
  config: GateConfig,
  scores: readonly (PairedScore | undefined)[],
  total: number,
): GateVerdict | 'undecided' {
  switch (config.policy) {
    case 'none':
      return verdict(config.policy, [], true, 'no gate: every patch is accepted');
    case 'strict':
      return decideStrict(measuredPrefix(scores), Math.min(config.maxTasks, total));
    case 'race':
      return decideRace(config, measuredPrefix(scores), Math.min(config.maxTasks, total));
    default:
      return config satisfies never;
  }
}

/**
 * How many more tasks to measure before it is worth asking `decide` again; 0 when the policy needs no more.
 *
 * @param measured tasks measured so far, a prefix in task order.
 */
export function blockToMeasure(config: GateConfig, measured: number, total = Number.POSITIVE_INFINITY): number {
  switch (config.policy) {
    case 'none':
      return 0;
    case 'strict':
      // Half of what is open is the least that can end a level comparison; asking sooner would gain nothing.
      return Math.max(0, Math.ceil((Math.min(config.maxTasks, total) - measured) / 2));
    case 'race':
      return Math.max(
        0,
        Math.min(config.block - (measured % config.block), Math.min(config.maxTasks, total) - measured),
      );
    default:
      return config satisfies never;
  }
}

/**
 * Whether the policy's level can be reached with the validation tasks at hand.
 *
 * @returns null when it can; else what is wrong and what to do, for the user, before anything is spent.
 */
export function checkReachable(config: GateConfig, validationTasks: number): string | null {
  if (config.policy === 'none') return null;
  if (validationTasks < 1) {
    return `gate ${config.policy}: there are no validation tasks to compare versions on; set --validation-tasks to at least 1, or --gate none`;
  }
  if (config.policy === 'strict') return null;
  const tasks = Math.min(config.maxTasks, validationTasks);
  if (config.acceptLead > tasks) {
    return `gate race: a lead of +${config.acceptLead} can't be reached on ${tasks} validation tasks; add tasks (--validation-tasks), lower the lead to ${tasks} or less, or use --gate strict`;
  }
  return null;
}

function measuredPrefix(scores: readonly (PairedScore | undefined)[]): PairedScore[] {
  const prefix: PairedScore[] = [];
  for (const score of scores) {
    if (score === undefined) break;
    prefix.push(score);
  }
  return prefix;
}

function decideStrict(measured: readonly PairedScore[], tasks: number): GateVerdict | 'undecided' {
  let lead = 0;
  for (let count = 0; count <= Math.min(tasks, measured.length); count++) {
    const last = measured[count - 1];
    if (last !== undefined) lead += sign(last.candidate - last.current);
    const open = tasks - count;
    const numbers = `${signed(lead)} wins over losses after ${count} of ${tasks} tasks`;
    if (lead > open) return verdict('strict', measured.slice(0, count), true, `${numbers}: more wins than losses`);
    if (lead + open <= 0) {
      return verdict('strict', measured.slice(0, count), false, `${numbers}: more wins than losses are out of reach`);
    }
  }
  return 'undecided';
}

function decideRace(
  config: Extract<GateConfig, { policy: 'race' }>,
  measured: readonly PairedScore[],
  tasks: number,
): GateVerdict | 'undecided' {
  if (tasks === 0) return verdict('race', [], false, 'no validation tasks to compare on');
  let lead = 0;
  for (let count = 1; count <= Math.min(tasks, measured.length); count++) {
    const last = measured[count - 1] as PairedScore;
    lead += last.candidate - last.current;
    if (count % config.block !== 0 && count !== tasks) continue;
    const prefix = measured.slice(0, count);
    const numbers = `lead ${signed(lead)} after ${count} of at most ${tasks} tasks`;
    if (lead >= config.acceptLead - tolerance) {
      return verdict('race', prefix, true, `${numbers}: reached ${signed(config.acceptLead)}`);
    }
    if (lead <= config.refuseLead + tolerance) {
      return verdict('race', prefix, false, `${numbers}: fell to ${signed(config.refuseLead)}`);
    }
    if (count === tasks) {
      const ahead = lead > tolerance;
      return verdict('race', prefix, ahead, `${numbers}: ${ahead ? 'ahead' : 'not ahead'} at the end`);
    }
  }
  return 'undecided';
}

function verdict(policy: string, prefix: readonly PairedScore[], accepted: boolean, reason: string): GateVerdict {
  const difference = prefix.map((score) => sign(score.candidate - score.current));
  return {
    accepted,
    policy,
    tasks: prefix.length,
    candidateSolved: prefix.reduce((sum, score) => sum + score.candidate, 0),
    currentSolved: prefix.reduce((sum, score) => sum + score.current, 0),
    wins: difference.filter((value) => value > 0).length,
    losses: difference.filter((value) => value < 0).length,
    reason,
  };
}

function sign(value: number): number {
  return value > tolerance ? 1 : value < -tolerance ? -1 : 0;
}

function signed(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return rounded > 0 ? `+${rounded}` : `${rounded}`.replace('-', '−');
}
