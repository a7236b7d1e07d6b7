import type { WorkflowExecutionDescription } from '@temporalio/client';

/** What a run's activities are retrying on, as Temporal tells it: the attempt and the last failure of the longest retry. */
export interface Retries {
  activities: number;
  attempt: number;
  message: string;
}

/** Looks at the pending activities of a run's open workflows; null when nothing is being retried. */
export function retriesAmong(open: readonly Pick<WorkflowExecutionDescription, 'raw'>[]): Retries | null {
  const retried: { attempt: number; message: string }[] = [];
  for (const { raw } of open) {
    for (const { attempt, lastFailure } of raw.pendingActivities ?? []) {
      if (lastFailure?.message) retried.push({ attempt: attempt ?? 1, message: lastFailure.message });
    }
  }
  const [longest] = retried.sort((a, b) => b.attempt - a.attempt);
  return longest === undefined ? null : { activities: retried.length, ...longest };
}

/** The retries in a line for people. */
export function retriesText({ activities, attempt, message }: Retries): string {
  const what = activities === 1 ? 'an activity' : `${activities} activities`;
  return `Retrying ${what}, attempt ${attempt}: ${message.replace(/\s+/g, ' ').replace(/\.$/, '')}. The run pauses if this goes on.`;
}
