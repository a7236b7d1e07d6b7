import type { GateConfig } from './gate';
import { isSignificant } from './sign-test';

/**
 * Whether a gate's level or lead can be reached with the validation tasks at hand.
 *
 * @returns null when it can; else what is wrong, with the numbers, and what to do, before anything is spent.
 */
export function unreachableGate(config: GateConfig, validationTasks: number): string | null {
  if (config.policy === 'none') return null;
  if (validationTasks < 1) {
    return (
      `gate ${config.policy}: there are no validation tasks to compare versions on; ` +
      'set --validation-tasks to at least 1, or --gate none'
    );
  }
  const tasks = Math.min(config.maxTasks, validationTasks);
  const sample = `${tasks} validation ${tasks === 1 ? 'task' : 'tasks'}`;
  const add =
    tasks === config.maxTasks ? 'raise --gate-tasks (and --validation-tasks)' : 'add tasks (--validation-tasks)';
  switch (config.policy) {
    case 'race': {
      if (config.acceptLead > tasks) {
        return `gate race: a lead of +${config.acceptLead} can't be reached on ${sample}; ${add}, lower --gate-accept to ${tasks} or less, or use --gate strict`;
      }
      if (-config.refuseLead > tasks) {
        return `gate race: a lead of −${-config.refuseLead} can't be reached on ${sample}; ${add}, raise --gate-refuse to -${tasks} or more, or use --gate strict`;
      }
      return null;
    }
    case 'significant': {
      const needed = fewestWins(config.level);
      if (needed <= tasks) return null;
      const wins = `${needed} ${needed === 1 ? 'win' : 'wins'} and no loss`;
      return `gate significant: a two-sided level of ${config.level} takes at least ${wins}, and there are ${sample}; ${add}, raise --gate-level to ${levelOf(tasks)} or more, or use --gate race`;
    }
    case 'strict':
    case 'non-inferior':
      return null;
    default:
      return config satisfies never;
  }
}

/** Wins without a loss that a two-sided level takes; Infinity where no sample that a gate may take is enough. */
function fewestWins(level: number): number {
  for (let wins = 1; wins <= 1000; wins += 1) if (isSignificant(wins, 0, level)) return wins;
  return Number.POSITIVE_INFINITY;
}

/** The strictest level that `tasks` wins reach. */
function levelOf(tasks: number): number {
  return 2 ** (1 - tasks);
}
