import type { Info } from '@temporalio/activity';

/** What tells one scheduling of an activity from all others. */
export type Scheduling = Pick<Info, 'workflowExecution' | 'activityId'>;

/** One scheduling of an activity, the same for all its attempts: `<workflow id>/<workflow run id>/<activity id>`. */
export function activityIdOf({ workflowExecution, activityId }: Scheduling): string {
  return `${workflowExecution?.workflowId}/${workflowExecution?.runId}/${activityId}`;
}
