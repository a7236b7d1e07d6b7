import { diagnoseRollout } from '../agents/diagnoser/diagnoser';
import type { Attempt } from '../agents/diagnoser/diagnoser';
import type { ArtifactRef } from '../records/artifact';
import type { Diagnosis } from '../records/diagnosis';
import { Score } from '../records/score';
import type { DiagnoseInput, DiagnoseResult, Rollout } from '../records/stages';
import { Trajectory } from '../records/trajectory';
import type { ArtifactStore } from '../store/artifact-store';
import type { Dependencies } from './dependencies';
import { readRollouts } from './pages';
import { paidStage } from './paid-stage';
import { readTask } from './plan';
import { inputsKey } from './inputs-key';

async function attemptOf(store: ArtifactStore, rollout: Rollout): Promise<Attempt> {
  return {
    trajectory: await store.getJson(Trajectory, rollout.trajectory),
    score: await store.getJson(Score, rollout.score),
  };
}

async function earlierAttempt(store: ArtifactStore, trainingSet: ArtifactRef, taskId: string): Promise<Attempt | null> {
  const base = (await readRollouts(store, trainingSet)).find((rollout) => rollout.taskId === taskId);
  return base === undefined ? null : attemptOf(store, base);
}

/** Text gradient of one rollout: explains a failure, or contrasts a success with the base run's failure. */
export async function diagnose(deps: Dependencies, input: DiagnoseInput): Promise<DiagnoseResult> {
  const { store } = deps;
  const { rollout, kind, ordinal, step } = input;
  return paidStage<{ diagnosis: ArtifactRef | null; label: string }>(
    deps,
    input,
    'diagnoser',
    inputsKey(`diagnose-s${step}-${ordinal}`, 'diagnoser', input),
    async ({ plan, loop }) => {
      const context = {
        kind,
        task: await readTask(store, plan, rollout.taskId),
        attempt: await attemptOf(store, rollout),
        earlier: kind === 'contrastive' ? await earlierAttempt(store, input.trainingSet, rollout.taskId) : null,
      };
      const end = await diagnoseRollout(context, {
        ...loop(`${rollout.taskId}/step-${step}`, 0),
        repairRounds: plan.config.repairRounds,
      });
      if (end.kind === 'allowance') return end;
      if (end.proposal === null) return { done: { diagnosis: null, label: 'no diagnosis' } };
      const diagnosis: Diagnosis = { ordinal, taskId: rollout.taskId, kind, proposal: end.proposal };
      return { done: { diagnosis: await store.putJson(diagnosis), label: end.proposal.label } };
    },
  );
}
