import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker, type LogLevel, type LogMetadata } from '@temporalio/worker';
import type pino from 'pino';
import type { ArtifactStore } from '../store/artifact-store';
import { activeSchedules } from './schedules';
import type { WorkflowBundle } from './workflow-bundle';
import { keepHistories } from './keep-histories';
import { isServerAway, whileAway, type ServerAddress } from './connection';
import { showPresence } from './presence';
import { trackActivities } from './running-activities';
import { workerLog } from './worker-log';

export interface WorkerSettings {
  /** Unique among all processes that ever served the store. */
  id: string;
  server: ServerAddress;
  taskQueue: string;
  activities: object;
  bundle: WorkflowBundle;
  /** Activities that run at a time in this process. */
  concurrency: number;
  /** Ends by itself when its queue has had neither open run nor active schedule for this long; null: never. */
  idleLimitMs: number | null;
  /** Where the histories of closed workflows are kept. */
  store: ArtifactStore;
  onReady: () => unknown;
}

/**
 * Serves one task queue until SIGTERM or SIGINT, or until it has been idle for long enough. On a signal activities get
 * 5 s to finish; what doesn't is taken up elsewhere from its journal. Outlives absences of the server.
 */
export async function runWorker(settings: WorkerSettings): Promise<void> {
  installRuntime();
  const { options, namespace, address } = settings.server;
  const connection = await whileAway(
    () => NativeConnection.connect(options),
    () => workerLog.warn(`the Temporal server at ${address} is away; trying again`),
  );
  const client = new Client({ connection: Connection.lazy(options as ConnectionOptions), namespace });
  const tracked = trackActivities(settings.store, settings.id, (error) => {
    workerLog.warn({ error }, 'cannot note what is running');
  });
  let worker: Worker | null = null;
  const drains = (): boolean => worker !== null && !['INITIALIZED', 'RUNNING'].includes(worker.getState());
  const presence = showPresence(settings, client, tracked, drains);
  try {
    worker = await Worker.create({
      identity: settings.id,
      interceptors: { activity: [tracked.interceptor] },
      connection,
      namespace,
      taskQueue: settings.taskQueue,
      activities: settings.activities,
      workflowBundle: { code: settings.bundle.code },
      maxConcurrentActivityTaskExecutions: settings.concurrency,
      // Without it a heartbeat's news may lag by most of the heartbeat timeout.
      maxHeartbeatThrottleInterval: '500ms',
      shutdownGraceTime: '5s',
      // A workflow task waits so long for the worker that has its workflow in memory; that one may have been killed.
      stickyQueueScheduleToStartTimeout: '2s',
    });
    const stopKeeping = keepHistories(client, settings);
    const idleness =
      settings.idleLimitMs === null ? undefined : watchIdleness(settings, settings.idleLimitMs, client, worker);
    settings.onReady();
    workerLog.info({ taskQueue: settings.taskQueue, address, namespace }, 'serving');
    await worker.run().finally(async () => {
      clearInterval(idleness);
      await stopKeeping();
    });
  } finally {
    await presence.leave();
    await client.connection.close();
    await connection.close();
  }
}

function watchIdleness(settings: WorkerSettings, limitMs: number, client: Client, worker: Worker): NodeJS.Timeout {
  const query = `TaskQueue = "${settings.taskQueue}" AND ExecutionStatus = "Running"`;
  let busyMs = Date.now();
  let stopping = false;
  const look = async (): Promise<void> => {
    try {
      const open = (await client.workflow.count(query)).count > 0;
      if (open || (await activeSchedules(client, settings.taskQueue)).length > 0) busyMs = Date.now();
    } catch (error) {
      busyMs = Date.now();
      if (!isServerAway(error)) workerLog.warn({ error }, 'cannot see whether runs are open');
    }
    if (stopping || Date.now() - busyMs < limitMs) return;
    stopping = true;
    workerLog.info('no run is open on this queue any more: ending');
    worker.shutdown();
  };
  return setInterval(() => void look(), Math.min(15_000, limitMs / 4));
}

function installRuntime(): void {
  const levels: Record<LogLevel, pino.Level> = {
    TRACE: 'trace',
    DEBUG: 'debug',
    INFO: 'info',
    WARN: 'warn',
    ERROR: 'error',
  };
  const bindAddress = process.env['SKILLGRAD_METRICS'];
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      workerLog[levels[level]]((meta ?? {}) as LogMetadata, message);
    }),
    telemetryOptions: { ...(bindAddress ? { metrics: { prometheus: { bindAddress } } } : {}) },
  });
}
