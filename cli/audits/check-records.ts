import { z } from 'zod';
import { ArtifactRef } from '../../records/artifact';
import { Score } from '../../records/score';
import { Trajectory } from '../../records/trajectory';
import { canonicalJson, type ArtifactStore } from '../../store/artifact-store';
import type { RolloutAccount } from './account';
import type { AuditedRun } from './build-account';
import { lenientReader } from './stage-accounts';

const Executed = z.object({ trajectory: ArtifactRef });

/**
 * Trajectories and scores against what histories say of them, and against the journals that they came from. What can't
 * be read is left to the check of digests.
 */
export async function checkRecords(store: ArtifactStore, { account, chains }: AuditedRun): Promise<string[]> {
  const reader = lenientReader(store);
  const found: string[] = [];
  for (const rollout of rolloutsIn(account)) {
    const trajectory = await reader.read(Trajectory, rollout.trajectory);
    const told = [rollout.taskId, rollout.skill, rollout.sample];
    if (trajectory !== null && !equal([trajectory.taskId, trajectory.skill, trajectory.sample], told)) {
      found.push(
        `trajectory ${rollout.trajectory} is of ${canonicalJson([trajectory.taskId, trajectory.skill, trajectory.sample])}, its history says ${canonicalJson(told)}`,
      );
    }
    if (rollout.score === null) continue;
    const { artifact, solved, matched, total } = rollout.score;
    const score = await reader.read(Score, artifact);
    if (score === null || equal([score.solved, score.matched, score.total], [solved, matched, total])) continue;
    found.push(
      `score ${artifact} of task ${rollout.taskId} says ${score.matched}/${score.total}, its history ${matched}/${total}`,
    );
  }
  for (const { key, turns, result } of chains) {
    const gap = turns.findIndex(({ turn }, index) => turn.turn !== index + 1);
    if (gap !== -1) found.push(`journal ${key} lacks turn ${gap + 1}`);
    const executed = Executed.safeParse(result);
    if (!executed.success) continue;
    const trajectory = await reader.read(Trajectory, executed.data.trajectory);
    const journaled = turns.map(({ turn }) => turn);
    if (trajectory !== null && !equal(trajectory.turns, journaled)) {
      found.push(`trajectory ${executed.data.trajectory} has other turns than its journal ${key}`);
    }
  }
  return found;
}

function rolloutsIn({ phases }: AuditedRun['account']): RolloutAccount[] {
  return phases.flatMap((phase) => {
    if (phase.kind === 'measurement') return phase.rollouts;
    if (phase.kind !== 'step') return [];
    const { gate, editedGate } = phase;
    return [...phase.rollouts, ...(gate?.rollouts ?? []), ...(editedGate?.rollouts ?? [])];
  });
}

const equal = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);
