import type { ActivityOptions } from '@temporalio/workflow';

/**
 * One retrier: Temporal. Attempts are unlimited here; an activity itself says when to stop trying (a fault that no
 * retry mends, or none that succeeded for `pauseAfterMs`), and the workflow then pauses. A dead worker is noticed after
 * the heartbeat timeout: 5 s, against beats every second.
 */
export const stageOptions: ActivityOptions = {
  heartbeatTimeout: '5s',
  startToCloseTimeout: '12h',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '60s' },
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
};
