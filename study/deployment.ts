import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { serveRoles } from '../simulator/start-simulator';
import { worldRoles } from '../simulator/worlds/world-roles';
import { worldTask } from '../simulator/worlds/world-tasks';
import { openStore, type ArtifactStore } from '../store/artifact-store';
import { connectClient } from '../workers/connection';
import { entryPoint } from '../workers/entry-point';
import { skillgradHome, type Home } from '../workers/home';
import { ensureProcess, stopProcess } from '../workers/processes';
import { taskQueueName } from '../workers/queue';
import { ensureServer, stopServer } from '../workers/server';
import { cpuSecondsOf } from './cpu-time';
import { taskCount } from './settings';

/** The simulated model's own seed; what differs from run to run is the seed in each request. */
const simulatorSeed = 1;
const workerName = 'study-worker';

/** What all runs of a study share: server, store, one worker process and the simulated model in this one. */
export interface StudyDeployment {
  client: Client;
  store: ArtifactStore;
  provider: string;
  taskQueue: string;
  /** The folder with the tasks of a seed, written if it isn't there. */
  dataFor(seed: number): Promise<string>;
  /** CPU time of worker, server and this process so far, where the system tells. */
  cpuSeconds(): number | null;
  close(): Promise<void>;
}

async function writeTasks(folder: string, seed: number): Promise<string> {
  const tasks = Array.from({ length: taskCount }, (_, index) => worldTask(seed, index));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'dataset.json'), JSON.stringify(tasks, null, 1));
  return folder;
}

/** Starts all of it in `dir`, which holds a home of its own; what ran there before is taken up again. */
export async function deployStudy(dir: string, report: (line: string) => void): Promise<StudyDeployment> {
  const home: Home = { ...skillgradHome({ SKILLGRAD_HOME: join(dir, 'home') }), cache: skillgradHome().cache };
  const { server, state } = await ensureServer(home, process.env, report);
  const simulator = await serveRoles(worldRoles, { port: 0, seed: simulatorSeed, latencyMs: 0 });
  const { client, connection } = await connectClient(server);
  const store = await openStore(home.store);
  const provider = `simulator:${simulatorSeed}`;
  const { details } = await ensureProcess(
    home,
    {
      name: workerName,
      ...entryPoint(join(__dirname, '..', 'workers', 'worker-main')),
      env: {
        ...process.env,
        OPENAI_API_KEY: 'none',
        OPENAI_BASE_URL: simulator.url,
        SKILLGRAD_PROVIDER: provider,
        SKILLGRAD_HOME: home.root,
        SKILLGRAD_CACHE: home.cache,
        SKILLGRAD_LOG_LEVEL: 'warn',
        SKILLGRAD_TEMPORAL_ADDRESS: server.address,
      },
      // The simulated model is on another port each time: a worker left over from before would call nobody.
      identity: simulator.url,
    },
    report,
  );
  return {
    client,
    store,
    provider,
    taskQueue: taskQueueName(provider, store.id),
    dataFor: (seed) => writeTasks(join(dir, 'data', `seed-${seed}`), seed),
    cpuSeconds: () => cpuSecondsOf([Number(details['pid']), state.pid, process.pid]),
    close: async () => {
      await stopProcess(home, workerName);
      await simulator.close();
      await connection.close();
      await stopServer(home);
    },
  };
}
