import { condition, isCancellation, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { holdName } from '../records/control';
import type { Steering } from './steering';

/**
 * Local, for two reasons: the activities that a hold is to stop may have taken all of a worker's places, and the update
 * that pauses a run is answered once the hold is there. Only a store that can't be written makes it try again; the
 * intervals are long enough for the history, should that last for days.
 */
const { hold } = proxyLocalActivities<Activities>({
  startToCloseTimeout: '10s',
  localRetryThreshold: '1s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5 minutes' },
});

/**
 * From now on stops, whenever the run is paused, all that was granted before: activities under way then hand back before
 * their next call. Nobody waits for it, so that it holds up no end, continuation or cancellation of the workflow; what it
 * might leave undone then has nothing left to stop.
 */
export function placeHolds(steering: Steering): void {
  placeEach(steering).catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
}

async function placeEach(steering: Steering): Promise<never> {
  for (let placed = steering.control.pauses ?? 0; ; placed += 1) {
    await condition(() => (steering.control.pauses ?? 0) > placed);
    const name = holdName({ recall: steering.control.recall, pauses: placed });
    if (name !== null) await hold({ name });
  }
}
