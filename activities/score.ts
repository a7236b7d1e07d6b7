import type { ScoreInput, ScoreResult } from '../records/stages';
import { Score } from '../records/score';
import { Tree } from '../records/artifact';
import { Golden, Task } from '../records/task';
import { Trajectory } from '../records/trajectory';
import type { Dependencies } from './dependencies';
import { plainStage } from './paid-stage';
import { entryOf, readPlan } from './plan';
import { barredTask } from './worker-killers';

/** Loss of one rollout: compares what the agent left with the golden answer, by the benchmark's official semantics. */
export async function score(deps: Dependencies, input: ScoreInput): Promise<ScoreResult> {
  const { store } = deps;
  return plainStage(async () => {
    const barred = await barredTask(store, input.run, input.taskId, 'score');
    if (barred !== null) return { leftOut: { reason: barred.reason } };
    const plan = await readPlan(store, input.plan);
    const entry = entryOf(plan, input.taskId);
    const [golden, task, trajectory] = await Promise.all([
      store.getJson(Golden, entry.golden),
      store.getJson(Task, entry.task),
      store.getJson(Trajectory, input.trajectory),
    ]);
    const { entries } = await store.getJson(Tree, trajectory.workDir);
    const output = entries.find(({ path }) => path === task.outputs[0]);
    const goldenFile = golden.files[0];
    const verdict = Score.parse(
      await deps.scorer(task.benchmark).score({
        goldenPath: goldenFile === undefined ? null : await store.pathOf(goldenFile.artifact),
        outputPath: output === undefined ? null : await store.pathOf(output.artifact),
        answer: golden.answer,
        protocol: plan.config.protocol,
      }),
    );
    const { solved, matched, total, status } = verdict;
    return { score: await store.putJson(verdict), solved, matched, total, status };
  });
}
