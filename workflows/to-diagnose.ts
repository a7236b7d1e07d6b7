import type { DiagnosisKind } from '../records/diagnosis';
import type { Rollout } from '../records/stages';

/**
 * What is diagnosed of a batch, in task order: its failures and, for contrast, its successes, all of which have failed in
 * the base run. `ordinal` names the place in the batch, from `d1`.
 */
export function toDiagnose(
  rollouts: readonly Rollout[],
  contrast: boolean,
): { ordinal: string; kind: DiagnosisKind; rollout: Rollout }[] {
  return rollouts.flatMap((rollout, index) => {
    if (rollout.solved && !contrast) return [];
    return [{ ordinal: `d${index + 1}`, kind: rollout.solved ? 'contrastive' : 'failure', rollout }];
  });
}
