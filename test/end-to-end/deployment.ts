import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Client } from '@temporalio/client';
import { profiles, RunConfig } from '../../records/run-config';
import type { OptimizeInput, OptimizeResult } from '../../records/workflows';
import { RunResult } from '../../records/progress';
import type { Roles } from '../../simulator/roles';
import { serveRoles, startSimulator, type Simulator, type SimulatorOptions } from '../../simulator/start-simulator';
import { openStore, type ArtifactStore } from '../../store/artifact-store';
import { connectClient, type ServerAddress } from '../../workers/connection';
import { entryPoint } from '../../workers/entry-point';
import { skillgradHome, type Home } from '../../workers/home';
import { endProcess, isAlive, type ProcessIdentity } from '../../workers/process-identity';
import { ensureProcess } from '../../workers/processes';
import { taskQueueName } from '../../workers/queue';
import { ensureServer, stopServer } from '../../workers/server';
import { startingAttributes } from '../../workflows/search-attributes';
import { until } from '../cli/command-line';

const root = join(__dirname, '..', '..');
export const demoData = join(root, 'examples', 'spreadsheetbench');
export const weakSkill = join(root, 'examples', 'weak-spreadsheet-skill');
const quiet = (): void => undefined;

/** A worker process that tests may kill. */
export interface WorkerProcess extends ProcessIdentity {
  log: string;
  /** The worker itself, as its supervisor (`pid`) started it. */
  workerPid: number;
  signal(name: NodeJS.Signals): void;
  /** `kill -9`; resolves once it is gone, so that a worker started next can't be taken for this one. */
  kill(): Promise<void>;
}

/** A whole installation in a folder of its own: server, store, simulated model, and workers on demand. */
export interface Deployment {
  home: Home;
  server: ServerAddress;
  client: Client;
  store: ArtifactStore;
  simulator: Simulator;
  provider: string;
  taskQueue: string;
  /** `code`: folder of another version of SkillGrad, whose worker is started instead of this one's. */
  startWorker(name?: string, env?: NodeJS.ProcessEnv, code?: string): Promise<WorkerProcess>;
  /** Starts the `optimize` workflow; ends after 10 minutes at the latest, so that a test can't hang. */
  startRun(run: string, config?: Partial<RunConfig>, input?: Partial<OptimizeInput>): Promise<void>;
  result(run: string): Promise<RunResult>;
  stop(): Promise<void>;
}

/** A light run on the demo's data: few tasks, all stages, a gate that decides within two blocks. */
export function lightConfig(provider: string, over: Partial<RunConfig> = {}): RunConfig {
  return RunConfig.parse({
    ...profiles.demo,
    benchmark: 'spreadsheetbench',
    models: { executor: 'simulated', diagnoser: 'simulated', accumulator: 'simulated', patcher: 'simulated' },
    provider,
    seed: 1,
    trainTasks: 4,
    trainingPool: 10,
    validationTasks: 4,
    heldOutTasks: 4,
    batchSize: 2,
    gate: { policy: 'race', block: 2, maxTasks: 4, acceptLead: 2, refuseLead: -1 },
    prices: { simulated: { inputUsd: 1, outputUsd: 4, label: 'simulated' } },
    ...over,
  });
}

/** What a run is found by in the tests: its skill by the folder's name. */
function attributesOf({ skillDir, config }: OptimizeInput): Parameters<typeof startingAttributes>[0] {
  const { benchmark, models } = config;
  return { skill: basename(skillDir), benchmark, model: models.executor, stage: 'prepare' };
}

/** `root`: the installation's folder instead of a new one; `roles`: who answers instead of the spreadsheets' model. */
export interface DeployOptions extends Partial<SimulatorOptions> {
  root?: string;
  roles?: Roles;
}

/** Starts server and simulated model with `options`; `serverConfig` is `KEY=VALUE` of Temporal's dynamic configuration. */
export async function deploy(
  { root: folder, roles, ...options }: DeployOptions = {},
  serverConfig: readonly string[] = [],
): Promise<Deployment> {
  const home = {
    ...skillgradHome({ SKILLGRAD_HOME: folder ?? mkdtempSync(join(tmpdir(), 'skillgrad-test-')) }),
    cache: skillgradHome().cache,
  };
  const seed = options.seed ?? 1;
  const env = {
    ...process.env,
    SKILLGRAD_TEMPORAL_DYNAMIC_CONFIG: ['history.workflowIdReuseMinimalInterval="1ms"', ...serverConfig].join(';'),
  };
  const { server } = await ensureServer(home, env, quiet);
  const model = { port: 0, dataDir: demoData, seed, latencyMs: 5, ...options };
  const simulator = await (roles === undefined ? startSimulator(model) : serveRoles(roles, model));
  const { client, connection } = await connectClient(server);
  const store = await openStore(home.store);
  const provider = `simulator:${seed}`;
  const taskQueue = taskQueueName(provider, store.id);
  const workers: ProcessIdentity[] = [];

  return {
    ...{ home, server, client, store, simulator, provider, taskQueue },
    startWorker: async (workerName = 'worker', extra = {}, code = root) => {
      const { record, details } = await ensureProcess(
        home,
        {
          name: workerName,
          ...entryPoint(join(code, 'workers', 'worker-main')),
          env: {
            ...process.env,
            OPENAI_API_KEY: 'none',
            OPENAI_BASE_URL: simulator.url,
            SKILLGRAD_PROVIDER: provider,
            SKILLGRAD_HOME: home.root,
            SKILLGRAD_CACHE: home.cache,
            SKILLGRAD_TEMPORAL_ADDRESS: server.address,
            ...extra,
          },
          identity: workerName,
        },
        quiet,
      );
      workers.push(record);
      // To supervisor and worker alike, as a machine would.
      const signal = (name: NodeJS.Signals): boolean => isAlive(record) && process.kill(-record.pid, name);
      return {
        ...record,
        workerPid: Number(details['pid']),
        signal,
        kill: async () => {
          signal('SIGKILL');
          await until(`worker ${record.pid} is gone`, () => !isAlive(record));
        },
      };
    },
    startRun: async (run, config = {}, input = {}) => {
      const full: OptimizeInput = {
        run,
        skillDir: weakSkill,
        dataDir: demoData,
        config: lightConfig(provider, config),
        searchable: true,
        ...input,
      };
      await client.workflow.start('optimize', {
        workflowId: run,
        taskQueue,
        args: [full],
        ...(full.searchable ? { typedSearchAttributes: startingAttributes(attributesOf(full)) } : {}),
        workflowExecutionTimeout: '10 minutes',
      });
    },
    result: async (run) => {
      const { result } = (await client.workflow.getHandle(run).result()) as OptimizeResult;
      return store.getJson(RunResult, result);
    },
    stop: async () => {
      await simulator.close();
      for (const worker of workers) if (isAlive(worker)) process.kill(-worker.pid, 'SIGCONT');
      await Promise.all(workers.map((worker) => endProcess(worker, 2000)));
      await connection.close();
      await stopServer(home);
      rmSync(home.root, { recursive: true, force: true });
    },
  };
}
