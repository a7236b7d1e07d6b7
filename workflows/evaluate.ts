import { continueAsNew, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { GateVerdict, PairedScore } from '../records/gate';
import type { Rollout } from '../records/stages';
import type { EvaluateInput, EvaluateResult, EvaluateState } from '../records/workflows';
import { stageOptions } from './activity-options';
import { forEachBounded, mapBounded } from './bounded';
import { progressQuery } from './messages';
import { nothingGathered } from './optimize-state';
import { reporter } from './reporter';
import { rollout } from './rollout';
import { steer } from './steering';
import { blockToMeasure, decide } from './validation-gate';

const { prepare, deliver } = proxyActivities<Activities>(stageOptions);
/** Tasks of one page: its ids come in one event, its rollouts go out in one. */
const pageSize = 25;

/**
 * Measures one or two skill versions on a task pool, in task order, with bounded concurrency. It stops as soon as its
 * rule is satisfied, and its numbers count exactly the shortest prefix that satisfies it, whatever finished later.
 */
export async function evaluate(input: EvaluateInput): Promise<EvaluateResult> {
  const state: EvaluateState = input.state ?? {
    solved: [],
    pages: null,
    gathered: nothingGathered(input.answeredBefore),
  };
  const steering = steer({ ...input, gathered: state.gathered });
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

  while (solved.length < input.tasks && !finished(input, solved)) {
    const from = solved.length;
    const count = Math.min(pageSize, input.tasks - from);
    const { ids } = await steering.plain(() =>
      prepare({ kind: 'tasks', plan: input.plan, pool: input.pool, from, count }),
    );
    const page: Rollout[] = [];
    await forEachBounded(
      ids.length,
      Math.max(1, Math.floor(input.concurrency / input.arms.length)),
      (index) => mayStart(input, solved, from + index),
      async (index) => {
        const taskId = ids[index] as string;
        const arms = await mapBounded(input.arms, input.concurrency, (arm) =>
          rollout(input, steering, { taskId, ...arm, why: input.purpose }),
        );
        solved[from + index] = arms.map((arm) => (arm.solved ? '1' : '0')).join('');
        page[index] = arms[0] as Rollout;
        report.show();
      },
    );
    const deciding = shortestPrefix(input, solved) - from;
    const rollouts = page.slice(0, Math.max(0, deciding)).filter((entry) => entry !== undefined);
    state.pages = await steering.plain(() => deliver({ kind: 'rollouts', previous: state.pages, rollouts }));
    if (workflowInfo().continueAsNewSuggested && !finished(input, solved)) {
      await continueAsNew<typeof evaluate>({
        ...input,
        control: steering.control,
        state: { ...state, solved: solved as string[], gathered: steering.gathered() },
      });
    }
  }

  const counted = solved.slice(0, shortestPrefix(input, solved)) as string[];
  return {
    tasks: counted.length,
    solved: input.arms.map((_arm, arm) => counted.filter((bits) => bits[arm] === '1').length),
    verdict: verdictOf(input, counted),
    rollouts: state.pages,
    gathered: steering.gathered(),
  };
}

const paired = (solved: readonly (string | undefined)[]): (PairedScore | undefined)[] =>
  Array.from(solved, (bits) =>
    bits === undefined ? undefined : { candidate: Number(bits[0]), current: Number(bits[1]) },
  );

function verdictOf(input: EvaluateInput, solved: readonly (string | undefined)[]): GateVerdict | null {
  if (input.stop?.kind !== 'gate') return null;
  const verdict = decide(input.stop.gate, paired(solved), input.tasks);
  return verdict === 'undecided' ? null : verdict;
}

/** Length of the measured prefix in task order. */
function prefix(solved: readonly (string | undefined)[]): number {
  const gap = Array.from(solved, (bits) => bits === undefined).indexOf(true);
  return gap === -1 ? solved.length : gap;
}

function finished(input: EvaluateInput, solved: readonly (string | undefined)[]): boolean {
  if (input.stop?.kind === 'gate') return verdictOf(input, solved) !== null;
  if (input.stop?.kind !== 'failures') return false;
  return solved.slice(0, prefix(solved)).filter((bits) => bits === '0').length >= input.stop.count;
}

/** Tasks that count: up to the one that satisfied the rule. */
function shortestPrefix(input: EvaluateInput, solved: readonly (string | undefined)[]): number {
  const verdict = verdictOf(input, solved);
  if (verdict !== null) return verdict.tasks;
  const measured = prefix(solved);
  for (let length = 0; length < measured; length += 1) if (finished(input, solved.slice(0, length))) return length;
  return measured;
}

/** No rollout is bought that the rule may turn out not to need. */
function mayStart(
  input: EvaluateInput,
  solved: readonly (string | undefined)[],
  index: number,
): 'start' | 'wait' | 'end' {
  if (finished(input, solved)) return 'end';
  if (input.stop === null) return 'start';
  if (input.stop.kind === 'failures') {
    const started = Array.from({ length: index }, (_, task) => solved[task]);
    const possible = started.filter((bits) => bits === undefined || bits === '0').length;
    return possible < input.stop.count ? 'start' : 'wait';
  }
  const measured = prefix(solved);
  return index < measured + blockToMeasure(input.stop.gate, measured, input.tasks) ? 'start' : 'wait';
}
