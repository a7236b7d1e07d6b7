import type { Client, ScheduleSummary } from '@temporalio/client';

/** SkillGrad's schedules on the server; those of others are passed over. */
export async function listSchedules(client: Client): Promise<ScheduleSummary[]> {
  const found: ScheduleSummary[] = [];
  for await (const schedule of client.schedule.list()) {
    if (schedule.action?.workflowType === 'reevaluate') found.push(schedule);
  }
  return found;
}

/** Names of the schedules that need a worker on a queue: those that are not paused. */
export async function activeSchedules(client: Client, taskQueue: string): Promise<string[]> {
  return (await listSchedules(client)).flatMap(({ scheduleId, memo, state }) =>
    memo?.['taskQueue'] === taskQueue && !state.paused ? [scheduleId] : [],
  );
}
