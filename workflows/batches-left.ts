import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { EpochInput, EpochState } from '../records/workflows';
import { stageOptions } from './activity-options';
import { shouldContinueAsNew } from './child';
import type { epoch } from './epoch';
import type { Steering } from './steering';

const { prepare } = proxyActivities<Activities>(stageOptions);
const batchesPerPage = 25;

/** How an epoch's bookkeeping goes from batch to batch. */
interface Passage {
  /** Called before each step; what it changes of the epoch's input holds from there on. */
  renew: () => Promise<void>;
  writeSteps: () => Promise<void>;
  carry: () => EpochState;
}

/** Yields the batches that are left of an epoch that nobody stops; between two of them the workflow may continue as new. */
export async function* batchesLeft(
  input: EpochInput,
  state: EpochState,
  steering: Steering,
  { renew, writeSteps, carry }: Passage,
): AsyncGenerator<string[]> {
  while (state.batch < input.batches && !steering.control.stopped) {
    const { plan, trainingSet, epoch: number } = input;
    const from = state.batch;
    const page = await steering.plain(() =>
      prepare({ kind: 'mini-batches', plan, trainingSet, epoch: number, from, count: batchesPerPage }),
    );
    for (const batch of page.batches) {
      const done = state.batch + 1;
      await renew();
      if (steering.control.stopped) break;
      yield batch;
      state.batch = done; // Also where all of its tasks are left out, so that no step is made of it.
      if (!shouldContinueAsNew() || state.batch >= input.batches) continue;
      await writeSteps();
      // A cancellation that came while it wrote lets it end; the next execution would not know of it.
      if (!shouldContinueAsNew()) continue;
      await continueAsNew<typeof epoch>({ ...input, control: steering.control, state: carry() });
    }
    await writeSteps();
  }
  if (input.config.slowUpdate) await renew();
}
