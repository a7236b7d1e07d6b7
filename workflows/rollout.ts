import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { ArtifactRef } from '../records/artifact';
import type { LeftOut, Rollout, Verdict } from '../records/stages';
import { stageOptions } from './activity-options';
import { spendingText, type ShownRollout } from './details';
import type { Steering } from './steering';

const activities = proxyActivities<Activities>(stageOptions);

/**
 * Execute + score of one task with one skill version and one sample number; `show` is told what came of it. null where
 * the task is left out, since it kills its worker.
 */
export async function rollout(
  scope: { run: string; plan: ArtifactRef },
  steering: Steering,
  what: {
    taskId: string;
    skill: ArtifactRef | null;
    sample: number;
    why: string;
    show: (shown: ShownRollout) => void;
  },
): Promise<Rollout | null> {
  const { run, plan } = scope;
  const { taskId, skill, sample } = what;
  const version = skill === null ? 'no skill' : `skill ${skill.slice(7, 15)}`;
  const summary = `${what.why}: task ${taskId}, ${version}, sample ${sample}`;
  const leaveOut = ({ leftOut }: LeftOut): null => {
    steering.settle({ quarantined: [taskId], warnings: [leftOut.reason] });
    return null;
  };
  const executed = await steering.paid((allowance) =>
    activities.execute.executeWithOptions({ ...stageOptions, summary }, [
      { run, plan, allowance, taskId, skill, sample },
    ]),
  );
  if ('leftOut' in executed) return leaveOut(executed);
  const { trajectory, outcome, turns, spending } = executed;
  const attempt = `${outcome} after ${turns} turns, ${spendingText(spending)}`;
  const verdict = await steering.plain(() =>
    activities.score.executeWithOptions({ ...stageOptions, summary: `${summary}: ${attempt}` }, [
      { run, plan, taskId, trajectory },
    ]),
  );
  if ('leftOut' in verdict) return leaveOut(verdict);
  what.show({ task: taskId, version, solved: verdict.solved, verdict: verdictText(verdict), attempt });
  return { taskId, trajectory, score: verdict.score, solved: verdict.solved };
}

function verdictText({ solved, status, matched, total }: Verdict): string {
  if (solved) return 'solved';
  return status === 'scored' ? `unsolved: ${matched} of ${total} match` : `unsolved: ${status}`;
}
