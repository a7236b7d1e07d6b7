import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { ArtifactRef } from '../records/artifact';
import type { Rollout, ScoreResult } from '../records/stages';
import { stageOptions } from './activity-options';
import { spendingText, type ShownRollout } from './details';
import type { Steering } from './steering';

const activities = proxyActivities<Activities>(stageOptions);

/** Execute + score of one task with one skill version and one sample number; `show` is told what came of it. */
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
): Promise<Rollout> {
  const { run, plan } = scope;
  const { taskId, skill, sample } = what;
  const version = skill === null ? 'no skill' : `skill ${skill.slice(7, 15)}`;
  const summary = `${what.why}: task ${taskId}, ${version}, sample ${sample}`;
  const { trajectory, outcome, turns, spending } = await steering.paid((allowance) =>
    activities.execute.executeWithOptions({ ...stageOptions, summary }, [
      { run, plan, allowance, taskId, skill, sample },
    ]),
  );
  const attempt = `${outcome} after ${turns} turns, ${spendingText(spending)}`;
  const verdict = await steering.plain(() =>
    activities.score.executeWithOptions({ ...stageOptions, summary: `${summary}: ${attempt}` }, [
      { run, plan, taskId, trajectory },
    ]),
  );
  what.show({ task: taskId, version, solved: verdict.solved, verdict: verdictText(verdict), attempt });
  return { taskId, trajectory, score: verdict.score, solved: verdict.solved };
}

function verdictText({ solved, status, matched, total }: ScoreResult): string {
  if (solved) return 'solved';
  return status === 'scored' ? `unsolved: ${matched} of ${total} match` : `unsolved: ${status}`;
}
