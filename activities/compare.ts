import type { Answerer } from '../records/schedule';
import { scoreDrop } from '../records/score-drop';
import type { CompareInput, CompareResult, Rollout } from '../records/stages';
import { Trajectory } from '../records/trajectory';
import type { ArtifactStore } from '../store/artifact-store';
import type { Dependencies } from './dependencies';
import { readRollouts } from './pages';
import { plainStage } from './paid-stage';

/** Pairs a re-evaluation of a delivered skill with the verdicts of its delivery, and tells who has answered. */
export async function compare({ store }: Dependencies, input: CompareInput): Promise<CompareResult> {
  return plainStage(async () => {
    const measured = await readRollouts(store, input.measured);
    return {
      verdict: scoreDrop(await readRollouts(store, input.delivered), measured, input.rule),
      answerers: await answerersOf(store, measured),
    };
  });
}

/** Who answered in these rollouts, sorted; a turn that was refused before any model saw it tells nothing. */
export async function answerersOf(store: ArtifactStore, rollouts: readonly Rollout[]): Promise<Answerer[]> {
  const found = new Map<string, Answerer>();
  for (const { trajectory } of rollouts) {
    const { turns } = await store.getJson(Trajectory, trajectory);
    for (const { responseModel: model, responseFingerprint: fingerprint = null } of turns) {
      if (model !== '') found.set(`${model} ${fingerprint ?? ''}`, { model, fingerprint });
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, answerer]) => answerer);
}
