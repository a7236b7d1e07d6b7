import type { Info } from '@temporalio/activity';

/** One scheduling of an activity, the same for all its attempts: `<workflow id>/<workflow run id>/<activity id>`. */
export function activityIdOf({ workflowExecution, activityId }: Info): string {
  return `${workflowExecution?.workflowId}/${workflowExecution?.runId}/${activityId}`;
}
