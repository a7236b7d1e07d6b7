import { z } from 'zod';
import { isSignificant, signTest } from './sign-test';

/** When a lower score counts as a drop: by an exact two-sided sign test, and by its size as a share of the tasks. */
export const DropRule = z.object({ level: z.number().positive().lt(1), minDrop: z.number().min(0).lt(1) });
export type DropRule = z.infer<typeof DropRule>;

/** A re-evaluation against a delivery, task by task. */
export const DropVerdict = z.object({
  dropped: z.boolean(),
  /** Tasks measured both times, and those solved at the delivery and now. */
  tasks: z.number().int().nonnegative(),
  before: z.number().int().nonnegative(),
  after: z.number().int().nonnegative(),
  /** Tasks solved now alone, and at the delivery alone. */
  wins: z.number().int().nonnegative(),
  losses: z.number().int().nonnegative(),
  /** Of the two-sided sign test. */
  p: z.number().min(0).max(1),
  reason: z.string(),
});
export type DropVerdict = z.infer<typeof DropVerdict>;

interface Verdict {
  taskId: string;
  solved: boolean;
}

/**
 * Whether the skill does worse than at its delivery. Pairs the verdicts by task; a task that was measured once only says
 * nothing and is left out.
 */
export function scoreDrop(delivered: readonly Verdict[], now: readonly Verdict[], rule: DropRule): DropVerdict {
  const before = new Map(delivered.map(({ taskId, solved }) => [taskId, solved]));
  const pairs = now.filter(({ taskId }) => before.has(taskId)).map((task) => [before.get(task.taskId), task.solved]);
  const count = (was: boolean, is: boolean): number => pairs.filter((pair) => pair[0] === was && pair[1] === is).length;
  const [wins, losses, both] = [count(false, true), count(true, false), count(true, true)];
  const tasks = pairs.length;
  const p = signTest(wins, losses);
  const significant = isSignificant(losses, wins, rule.level);
  const dropped = significant && losses - wins >= rule.minDrop * tasks - 1e-9;
  const numbers = `${both + wins} of ${tasks} tasks, ${both + losses} at the delivery (${losses} lost, ${wins} won, p = ${p.toPrecision(2)})`;
  return {
    ...{ dropped, tasks, before: both + losses, after: both + wins, wins, losses, p },
    reason: `${numbers}: ${reasonOf(dropped, significant, losses > wins, rule)}`,
  };
}

function reasonOf(dropped: boolean, significant: boolean, lower: boolean, { level, minDrop }: DropRule): string {
  if (dropped) return `a drop that is significant at a level of ${level}`;
  if (significant) return `a drop smaller than ${Math.round(minDrop * 1000) / 10} % of the tasks, which is let pass`;
  return lower ? `lower, but not significant at a level of ${level}` : 'no drop';
}

/** Fewest tasks, all lost, that the level takes: with fewer solved at the delivery no drop can ever be seen. */
export function fewestLosses(level: number): number {
  let losses = 1;
  while (!isSignificant(losses, 0, level)) losses += 1;
  return losses;
}
