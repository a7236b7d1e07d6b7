import type { ArtifactStore } from '../../store/artifact-store';
import { storedHistories } from '../../store/histories';
import { until } from '../cli/command-line';

/** Waits until the worker has kept and verified the histories of a run that has ended. */
export async function untilVerified(store: ArtifactStore, run: string): Promise<void> {
  await until(`the histories of ${run} are kept and verified`, async () => {
    const kept = await storedHistories(store, run);
    return kept.length > 0 && kept.every(({ verification }) => verification !== null);
  });
}
