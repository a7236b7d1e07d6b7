import { temporal } from '@temporalio/proto';
import type { Deployment } from './deployment';

export interface HistoryFacts {
  workflowId: string;
  events: number;
  bytes: number;
  largestEventBytes: number;
  activityTypes: string[];
  summaries: string[];
  /** The record that each activity was given. */
  inputs: unknown[];
}

const { HistoryEvent } = temporal.api.history.v1;

/** Facts about the histories of a run and all its children. */
export async function historiesOf({ client }: Pick<Deployment, 'client'>, run: string): Promise<HistoryFacts[]> {
  const facts: HistoryFacts[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query: `WorkflowId STARTS_WITH "${run}"` })) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const sizes = (events ?? []).map((event) => HistoryEvent.encode(event).finish().length);
    const scheduled = (events ?? []).filter((event) => event.activityTaskScheduledEventAttributes);
    facts.push({
      workflowId,
      events: sizes.length,
      bytes: sizes.reduce((sum, size) => sum + size, 0),
      largestEventBytes: Math.max(...sizes),
      activityTypes: scheduled.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? ''),
      summaries: scheduled.map(summaryOf),
      inputs: scheduled.map(inputOf),
    });
  }
  return facts;
}

function summaryOf(event: temporal.api.history.v1.IHistoryEvent): string {
  const data = event.userMetadata?.summary?.data;
  return data ? (JSON.parse(Buffer.from(data).toString()) as string) : '';
}

function inputOf(event: temporal.api.history.v1.IHistoryEvent): unknown {
  const data = event.activityTaskScheduledEventAttributes?.input?.payloads?.[0]?.data;
  return data ? JSON.parse(Buffer.from(data).toString()) : null;
}
