import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { ArtifactRef } from '../records/artifact';
import type { Rollout } from '../records/stages';
import { stageOptions } from './activity-options';
import type { Steering } from './steering';

const activities = proxyActivities<Activities>(stageOptions);

/** Execute + score of one task with one skill version and one sample number. */
export async function rollout(
  scope: { run: string; plan: ArtifactRef },
  steering: Steering,
  what: { taskId: string; skill: ArtifactRef | null; sample: number; why: string },
): Promise<Rollout> {
  const { run, plan } = scope;
  const { taskId, skill, sample } = what;
  const version = skill === null ? 'no skill' : `skill ${skill.slice(7, 15)}`;
  const summary = `${what.why}: task ${taskId}, ${version}, sample ${sample}`;
  const { trajectory } = await steering.paid((allowance) =>
    activities.execute.executeWithOptions({ ...stageOptions, summary }, [
      { run, plan, allowance, taskId, skill, sample },
    ]),
  );
  const verdict = await steering.plain(() =>
    activities.score.executeWithOptions({ ...stageOptions, summary }, [{ run, plan, taskId, trajectory }]),
  );
  return { taskId, trajectory, score: verdict.score, solved: verdict.solved };
}
