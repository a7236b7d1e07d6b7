import { sign, signed, tolerance } from '../records/differences';
import type { GateConfig, PairedScore } from '../records/gate';
import { isSignificant, signTest } from '../records/sign-test';

/** What has come of some tasks: those that the candidate does better and worse at, and the sum of the differences. */
interface Tally {
  wins: number;
  losses: number;
  lead: number;
}

/** Policies that look at the whole sample, and stop early only because the rest of it can't change what they see. */
export type CurtailedConfig = Extract<GateConfig, { policy: 'strict' | 'non-inferior' | 'significant' }>;

interface Decision {
  accepted: boolean;
  count: number;
  reason: string;
}

/**
 * Decides at the first task from which on no result still to come can change the decision of the whole sample. Every
 * policy here is monotone: a win never hurts a candidate and a loss never helps it, so that the two extreme
 * continuations, all won and all lost, bound all others.
 *
 * @param measured a prefix in task order
 * @param tasks size of the whole sample
 */
export function decideCurtailed(
  config: CurtailedConfig,
  measured: readonly PairedScore[],
  tasks: number,
): Decision | 'undecided' {
  let tally: Tally = { wins: 0, losses: 0, lead: 0 };
  for (let count = 0; count <= Math.min(tasks, measured.length); count += 1) {
    const last = measured[count - 1];
    if (last !== undefined) tally = add(tally, last.candidate - last.current);
    const accepted = settled(config, tally, tasks - count, tasks);
    if (accepted !== null) return { accepted, count, reason: reasonOf(config, tally, count, tasks, accepted) };
  }
  return 'undecided';
}

/** The fewest tasks after which such a gate could decide; 0 when it can now. */
export function fewestToDecide(config: CurtailedConfig, measured: readonly PairedScore[], tasks: number): number {
  const tally = measured.reduce((sum, score) => add(sum, score.candidate - score.current), {
    wins: 0,
    losses: 0,
    lead: 0,
  });
  const open = tasks - measured.length;
  for (let more = 0; more < open; more += 1) {
    const ends = [won(tally, more), lost(tally, more)];
    if (ends.some((end) => settled(config, end, open - more, tasks) !== null)) return more;
  }
  return Math.max(0, open);
}

/** The decision that no result of the `open` tasks can change; null while there is none. */
function settled(config: CurtailedConfig, tally: Tally, open: number, tasks: number): boolean | null {
  if (accepts(config, lost(tally, open), tasks)) return true;
  return accepts(config, won(tally, open), tasks) ? null : false;
}

function accepts(config: CurtailedConfig, { wins, losses, lead }: Tally, tasks: number): boolean {
  switch (config.policy) {
    case 'strict':
      return wins > losses;
    case 'non-inferior':
      return tasks > 0 && lead >= -config.margin * tasks - tolerance;
    case 'significant':
      return isSignificant(wins, losses, config.level);
    default:
      return config satisfies never;
  }
}

function add({ wins, losses, lead }: Tally, difference: number): Tally {
  const direction = sign(difference);
  return {
    wins: wins + (direction > 0 ? 1 : 0),
    losses: losses + (direction < 0 ? 1 : 0),
    lead: lead + difference,
  };
}

const won = ({ wins, losses, lead }: Tally, more: number): Tally => ({ wins: wins + more, losses, lead: lead + more });
const lost = ({ wins, losses, lead }: Tally, more: number): Tally => ({
  wins,
  losses: losses + more,
  lead: lead - more,
});

function reasonOf(config: CurtailedConfig, tally: Tally, count: number, tasks: number, accepted: boolean): string {
  const { wins, losses, lead } = tally;
  const after = `after ${count} of ${tasks} tasks`;
  switch (config.policy) {
    case 'strict':
      return `${signed(wins - losses)} wins over losses ${after}: more wins than losses${accepted ? '' : ' are out of reach'}`;
    case 'non-inferior':
      return `lead ${signed(lead)} ${after}: ${accepted ? 'stays within' : 'ends beyond'} a margin of ${signed(-config.margin * tasks)}`;
    case 'significant': {
      const p = signTest(wins, losses).toPrecision(2);
      return `${wins} wins, ${losses} losses, p = ${p} ${after}: ${accepted ? 'significant' : 'out of reach'} at a two-sided level of ${config.level}`;
    }
    default:
      return config satisfies never;
  }
}
