import { createActivities } from '../activities';
import { loadMarkdown } from '../skill/markdown';
import { createDependencies } from './dependencies';
import { skillgradHome } from './home';
import { announceReady } from './processes';
import { taskQueueName } from './queue';
import { runWorker, workerLog } from './worker';
import { providerOf, readWorkerEnvironment, serverOf } from './worker-settings';
import { workflowBundle } from './workflow-bundle';

/** Of file operations: by default there are 4, and one that waits for the disk would hold up those of other tasks. */
const backgroundThreads = 16;

/** A worker process: serves the queue of its provider and store until it is told to end, or has nothing to serve. */
async function main(): Promise<void> {
  process.env['UV_THREADPOOL_SIZE'] ??= String(backgroundThreads);
  const home = skillgradHome();
  const settings = readWorkerEnvironment();
  const server = serverOf(settings);
  const [dependencies, bundle] = await Promise.all([
    createDependencies(home, settings),
    workflowBundle(home.cache),
    loadMarkdown(),
  ]);
  const taskQueue = taskQueueName(providerOf(settings), dependencies.store.id);
  await runWorker({
    server,
    taskQueue,
    activities: createActivities(dependencies),
    store: dependencies.store,
    bundle,
    concurrency: settings.SKILLGRAD_CONCURRENCY,
    idleLimitMs: settings.SKILLGRAD_IDLE_MS ?? null,
    onReady: () => announceReady(home, { taskQueue, address: server.address }),
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    workerLog.fatal(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
