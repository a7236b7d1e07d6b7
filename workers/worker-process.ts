import { createActivities } from '../activities';
import { loadMarkdown } from '../skill/markdown';
import { createDependencies } from './dependencies';
import { skillgradHome } from './home';
import { taskQueueName } from './queue';
import { runWorker } from './worker';
import { workerLog } from './worker-log';
import { providerOf, readWorkerEnvironment, serverOf } from './worker-settings';
import { workflowBundle } from './workflow-bundle';

/** Of file operations: by default there are 4, and one that waits for the disk would hold up those of other tasks. */
const backgroundThreads = 16;

/** The worker itself, as its supervisor starts it: serves the queue of its provider and store. */
async function main(): Promise<void> {
  process.env['UV_THREADPOOL_SIZE'] ??= String(backgroundThreads);
  // Who kills the supervisor means the worker, which nobody would start again any more.
  process.on('disconnect', () => process.exit(1));
  const home = skillgradHome();
  const settings = readWorkerEnvironment();
  // What it leaves there, whatever ends it, its supervisor removes.
  process.env['TMPDIR'] = settings.SKILLGRAD_SCRATCH;
  const server = serverOf(settings);
  const [dependencies, bundle] = await Promise.all([
    createDependencies(home, settings),
    workflowBundle(home.cache),
    loadMarkdown(),
  ]);
  const taskQueue = taskQueueName(providerOf(settings), dependencies.store.id);
  await runWorker({
    id: settings.SKILLGRAD_WORKER_ID,
    server,
    taskQueue,
    activities: createActivities(dependencies),
    store: dependencies.store,
    bundle,
    concurrency: settings.SKILLGRAD_CONCURRENCY,
    idleLimitMs: settings.SKILLGRAD_IDLE_MS ?? null,
    onReady: () => process.send?.({ taskQueue, address: server.address, pid: String(process.pid) }),
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    workerLog.fatal(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
