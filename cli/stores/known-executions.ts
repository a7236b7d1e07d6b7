import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { isGrpcServiceError, ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { ScheduleSettings } from '../../records/schedule';
import type { ArtifactStore } from '../../store/artifact-store';
import { ExportedHistory, historyName } from '../../store/histories';
import { connectClient, type ServerAddress } from '../../workers/connection';
import type { Home } from '../../workers/home';
import { listSchedules } from '../../workers/schedules';
import { findServer, chooseServer } from '../runs/open-server';
import { readRunRecord, type ServerChoice } from '../runs/run-record';
import { describeError, UserError } from '../terminal/user-error';

/** gRPC's status code. */
const notFound = 5;

/** JSON that refers to artifacts and is kept by a server alone. */
export interface RecordOutside {
  /** The run that it belongs to; of a workflow its id up to the first slash. */
  run: string;
  bytes: Buffer;
}

/** Every server that this home's runs may live on. */
export interface KnownServers {
  clients: Client[];
  /** Those that can't be reached, each with the reason. */
  away: string[];
  close(): Promise<void>;
}

/**
 * Connects to the embedded server, if this home has one, to those that its runs were started on, and to the one that
 * `options` name.
 */
export async function openServers(
  home: Home,
  options: { address?: string; namespace?: string },
): Promise<KnownServers> {
  const choices = new Map<string, ServerChoice>();
  const add = (choice: ServerChoice): unknown => choices.set(JSON.stringify(choice), choice);
  if (options.address !== undefined) add(chooseServer(options, process.env));
  if (existsSync(home.temporal.database)) add({ kind: 'embedded' });
  for (const run of await recordedRuns(home)) {
    const record = await readRunRecord(home, run);
    if (record !== null) add(record.server);
  }
  const known: KnownServers & { connections: { close(): Promise<void> }[] } = {
    clients: [],
    away: [],
    connections: [],
    close: async () => {
      for (const connection of known.connections) await connection.close();
    },
  };
  for (const choice of choices.values()) {
    try {
      const server: ServerAddress = await findServer(choice, home, process.env);
      const { client, connection } = await connectClient(server);
      known.clients.push(client);
      known.connections.push(connection);
    } catch (error) {
      known.away.push(describeError(error));
    }
  }
  return known;
}

/** Names of the runs that were started from this home. */
export async function recordedRuns(home: Home): Promise<string[]> {
  if (!existsSync(home.runs)) return [];
  return (await readdir(home.runs))
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

/** Throws a UserError where what is about to be done needs every server's word. */
export function needAllServers({ away }: KnownServers, what: string): void {
  if (away.length === 0) return;
  throw new UserError(
    `${what} needs to ask every server that runs live on, and one can't be asked. ${away.join(' ')} ` +
      'Nothing has been changed.',
  );
}

const ours = 'TaskQueue STARTS_WITH "skillgrad-"';

/** The settings of the schedules on these servers: their plan, skill and delivery are on record nowhere else. */
export async function scheduleSettings({ clients }: KnownServers): Promise<ScheduleSettings[]> {
  const found: ScheduleSettings[] = [];
  for (const client of clients) {
    for (const { scheduleId } of await listSchedules(client)) {
      try {
        const { action } = await client.schedule.getHandle(scheduleId).describe();
        found.push(ScheduleSettings.parse(action.args?.[0]));
      } catch (error) {
        // It has been deleted since it was listed.
        if (!(error instanceof ScheduleNotFoundError)) throw error;
      }
    }
  }
  return found;
}

/**
 * What the servers alone have that refers to artifacts: the settings of schedules, as JSON, for the run whose delivery
 * they measure, and the histories of SkillGrad's workflows that the store has no copy of.
 */
export async function* recordsOutside(servers: KnownServers, store: ArtifactStore): AsyncGenerator<RecordOutside> {
  for (const settings of await scheduleSettings(servers)) {
    yield { run: settings.origin, bytes: Buffer.from(JSON.stringify(settings)) };
  }
  for (const client of servers.clients) {
    for await (const { workflowId, runId, status } of client.workflow.list({ query: ours })) {
      const open = status.name === 'RUNNING';
      if (!open && (await store.readNamed(ExportedHistory, historyName({ workflowId, runId }))) !== null) continue;
      const history = await unlessGone(() => client.workflow.getHandle(workflowId, runId).fetchHistory());
      if (history === null) continue;
      yield { run: runOf(workflowId), bytes: Buffer.from(historyToJSON(history)) };
    }
  }
}

/** When the oldest activity that is pending anywhere was scheduled, ms since the epoch; null without one. */
export async function oldestPending({ clients }: KnownServers): Promise<number | null> {
  let oldest: number | null = null;
  for (const client of clients) {
    for await (const { workflowId, runId } of client.workflow.list({
      query: `${ours} AND ExecutionStatus = "Running"`,
    })) {
      const described = await unlessGone(() => client.workflow.getHandle(workflowId, runId).describe());
      for (const { scheduledTime } of described?.raw.pendingActivities ?? []) {
        const atMs = Number(scheduledTime?.seconds?.toString() ?? 0) * 1000;
        oldest = oldest === null ? atMs : Math.min(oldest, atMs);
      }
    }
  }
  return oldest;
}

/**
 * Deletes all executions of a closed run and of its children, and waits until they are gone.
 *
 * @throws UserError while one of them runs
 */
export async function deleteRun({ clients }: KnownServers, run: string): Promise<number> {
  let deleted = 0;
  for (const client of clients) {
    const executions: { workflowId: string; runId: string }[] = [];
    const query = `WorkflowId = "${run}" OR WorkflowId STARTS_WITH "${run}/"`;
    for await (const { workflowId, runId, status } of client.workflow.list({ query })) {
      if (status.name === 'RUNNING') throw runsStill(run);
      executions.push({ workflowId, runId });
    }
    const { namespace } = client.options;
    for (const workflowExecution of executions) {
      await unlessGone(() => client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution }));
    }
    for (const { workflowId, runId } of executions) {
      const handle = client.workflow.getHandle(workflowId, runId);
      while ((await unlessGone(() => handle.describe())) !== null) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    deleted += executions.length;
  }
  return deleted;
}

/** Throws a UserError while a run or a child of it is open. */
export async function refuseOpen({ clients }: KnownServers, run: string): Promise<void> {
  const query = `(WorkflowId = "${run}" OR WorkflowId STARTS_WITH "${run}/") AND ExecutionStatus = "Running"`;
  for (const client of clients) if ((await client.workflow.count(query)).count > 0) throw runsStill(run);
}

const runsStill = (run: string): UserError =>
  new UserError(`Run ${run} has not ended. \`skillgrad stop ${run}\` ends it; forget it then.`, 2);

const runOf = (workflowId: string): string => workflowId.split('/')[0] ?? workflowId;

/** null for an execution that has been deleted since it was listed. */
async function unlessGone<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    const gone = error instanceof WorkflowNotFoundError || (isGrpcServiceError(error) && error.code === notFound);
    if (gone) return null;
    throw error;
  }
}
