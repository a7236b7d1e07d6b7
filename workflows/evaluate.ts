import { continueAsNew, proxyActivities, setHandler } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { Rollout } from '../records/stages';
import type { EvaluateInput, EvaluateResult, EvaluateState } from '../records/workflows';
import { stageOptions } from './activity-options';
import { forEachBounded, mapBounded } from './bounded';
import { shouldContinueAsNew } from './child';
import { comparison, finished, leftOut, mayStart, shortestPrefix, verdictOf } from './evaluation-rule';
import { progressQuery } from './messages';
import { nothingGathered } from './optimize-state';
import { OutOfBudget } from './pause-reasons';
import { orPart } from './parting';
import { reporter } from './reporter';
import { rollout } from './rollout';
import { steer, type Steering } from './steering';

const { prepare, deliver } = proxyActivities<Activities>(stageOptions);
/** Tasks of one page: its ids come in one event, its rollouts go out in one. */
const pageSize = 25;

/**
 * Measures one or two skill versions on a task pool, in task order, with bounded concurrency. It stops as soon as its
 * rule is satisfied, and its numbers count exactly the shortest prefix that satisfies it, whatever finished later.
 */
export function evaluate(input: EvaluateInput): Promise<EvaluateResult> {
  const state: EvaluateState = input.state ?? {
    solved: [],
    pages: null,
    gathered: nothingGathered(input.answeredBefore),
  };
  const steering = steer({ ...input, gathered: state.gathered });
  return orPart(
    steering,
    () => null,
    () => measure(input, state, steering),
  );
}

async function measure(input: EvaluateInput, state: EvaluateState, steering: Steering): Promise<EvaluateResult> {
  const solved: (string | undefined)[] = [...state.solved];
  const report = reporter(input, steering, () => {
    const bits = Array.from(solved, (entry) => entry ?? '');
    return {
      stage: input.purpose,
      tasksDone: bits.filter((entry) => entry !== '').length,
      tasks:
        input.stop?.kind === 'gate' && input.stop.gate.policy !== 'none'
          ? Math.min(input.tasks, input.stop.gate.maxTasks)
          : input.tasks,
      solved: bits.filter((entry) => entry[0] === '1').length,
      currentSkill: input.arms[0]?.skill ?? null,
    };
  });
  setHandler(progressQuery, report.progress);
  report.publish();

  // A run that is told to stop buys no more base rollouts, and nothing that its caps can't pay for.
  let unpaid = false;
  const cutShort = (): boolean => unpaid || (input.purpose === 'base' && steering.control.stopped);
  while (solved.length < input.tasks && !finished(input, solved) && !cutShort()) {
    const from = solved.length;
    const count = Math.min(pageSize, input.tasks - from);
    const { ids } = await steering.plain(() =>
      prepare({ kind: 'tasks', plan: input.plan, pool: input.pool, from, count }),
    );
    const page: Rollout[] = [];
    await forEachBounded(
      ids.length,
      () => Math.max(1, Math.floor(steering.concurrency() / input.arms.length)),
      (index) => (cutShort() ? 'end' : mayStart(input, solved, from + index)),
      async (index) => {
        const taskId = ids[index] as string;
        const arms = await mapBounded(input.arms, steering.concurrency, (arm) =>
          rollout(input, steering, { taskId, ...arm, why: input.purpose, show: report.rollout }),
        ).catch((error: unknown) => {
          if (!(error instanceof OutOfBudget)) throw error;
          unpaid = true;
          return null;
        });
        if (arms === null) return;
        const measured = arms.filter((arm) => arm !== null);
        if (measured.length < arms.length) {
          solved[from + index] = leftOut;
        } else {
          solved[from + index] = measured.map((arm) => (arm.solved ? '1' : '0')).join('');
          page[index] = measured[0] as Rollout;
        }
        report.show();
      },
    );
    const deciding = shortestPrefix(input, solved) - from;
    const rollouts = page.slice(0, Math.max(0, deciding)).filter((entry) => entry !== undefined);
    state.pages = await steering.plain(() => deliver({ kind: 'rollouts', previous: state.pages, rollouts }));
    if (shouldContinueAsNew() && !finished(input, solved) && !cutShort()) {
      await continueAsNew<typeof evaluate>({
        ...input,
        control: steering.control,
        state: { ...state, solved: solved as string[], gathered: steering.gathered() },
      });
    }
  }

  const deciding = solved.slice(0, shortestPrefix(input, solved)) as string[];
  const counted = deciding.filter((bits) => bits !== leftOut);
  const solvedByArm = input.arms.map((_arm, arm) => counted.filter((bits) => bits[arm] === '1').length);
  report.publish({ accuracy: (solvedByArm[0] ?? 0) / Math.max(1, counted.length) });
  return {
    tasks: counted.length,
    quarantined: deciding.length - counted.length,
    solved: solvedByArm,
    ...comparison(counted),
    verdict: verdictOf(input, deciding),
    rollouts: state.pages,
    gathered: steering.gathered(),
  };
}
