import { sign, signed, tolerance } from '../records/differences';
import type { GateConfig, GateVerdict, PairedScore } from '../records/gate';
import { decideCurtailed, fewestToDecide } from './curtailed-gate';

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
  if (config.policy === 'none') return verdict(config.policy, [], true, 'no gate: every patch is accepted');
  const tasks = Math.min(config.maxTasks, total);
  const measured = measuredPrefix(scores);
  if (config.policy === 'race') return decideRace(config, measured, tasks);
  const decision = decideCurtailed(config, measured, tasks);
  if (decision === 'undecided') return decision;
  return verdict(config.policy, measured.slice(0, decision.count), decision.accepted, decision.reason);
}

/**
 * How many more tasks are sure to be needed before `decide` can say more than now; 0 when the policy needs no more.
 *
 * @param scores and `total` as for `decide`.
 */
export function blockToMeasure(
  config: GateConfig,
  scores: readonly (PairedScore | undefined)[],
  total: number,
): number {
  if (config.policy === 'none') return 0;
  const measured = measuredPrefix(scores);
  const tasks = Math.min(config.maxTasks, total);
  if (config.policy !== 'race') return fewestToDecide(config, measured, tasks);
  return Math.max(0, Math.min(config.block - (measured.length % config.block), tasks - measured.length));
}

function measuredPrefix(scores: readonly (PairedScore | undefined)[]): PairedScore[] {
  const prefix: PairedScore[] = [];
  for (const score of scores) {
    if (score === undefined) break;
    prefix.push(score);
  }
  return prefix;
}

function decideRace(
  config: Extract<GateConfig, { policy: 'race' }>,
  measured: readonly PairedScore[],
  tasks: number,
): GateVerdict | 'undecided' {
  if (tasks === 0) return verdict('race', [], false, 'no validation tasks to compare on');
  let lead = 0;
  for (let count = 1; count <= Math.min(tasks, measured.length); count += 1) {
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
