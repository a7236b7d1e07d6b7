import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { RunConfig } from '../../records/run-config';
import type { Origin } from '../../records/plan';
import type { OptimizeInput, OptimizeState, RepeatedEpoch } from '../../records/workflows';
import { openStore, type ArtifactStore } from '../../store/artifact-store';
import { kindsOfRun, type RunKind } from '../../store/inventory';
import { connectClient, type Connected, type ServerAddress } from '../../workers/connection';
import type { Home } from '../../workers/home';
import { taskQueueName } from '../../workers/queue';
import { originText } from './origin';
import { startingAttributes } from '../../workflows/search-attributes';
import type { Output } from '../terminal/output';
import { UserError } from '../terminal/user-error';
import { openServer } from './open-server';
import { ensureRunProcesses } from './run-processes';
import { checkRateLimits } from './shared-worker';
import { writeRunRecord, type RunRecord, type ServerChoice, type SimulatorSettings } from './run-record';

export interface NewRun {
  run: string;
  skillName: string;
  skillDir: string;
  dataDir: string;
  config: RunConfig;
  server: ServerChoice;
  baseUrl: string | null;
  simulator: SimulatorSettings | null;
  /** Kept on this machine, not in the history: an address may hold a token. */
  notify: string[];
  /** Where a replay or fork goes on from. */
  derived?: { origin: Origin; state: OptimizeState; repeats?: RepeatedEpoch };
}

export interface StartedRun extends Connected {
  record: RunRecord;
  server: ServerAddress;
  /** The run's page in the Temporal UI, where we know it. */
  uiUrl: string | null;
}

/**
 * Starts a run: the server if it is ours, the processes, then the workflow. The caller closes the connection.
 *
 * @throws UserError when a run of this name exists, or the store has something of one
 */
export async function startRun(
  home: Home,
  wanted: NewRun,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<StartedRun> {
  const { server, uiUrl, searchable } = await openServer(wanted.server, home, env, output);
  const store = await openStore(home.store);
  const { run, config, simulator, baseUrl, notify } = wanted;
  const record: RunRecord = {
    ...{ run, simulator, baseUrl, notify, server: wanted.server },
    taskQueue: taskQueueName(config.provider, store.id),
    provider: config.provider,
    rpm: config.rpm,
    tpm: config.tpm,
    startedAt: new Date().toISOString(),
  };
  const connected = await connectClient(server);
  try {
    await refuseExisting(connected, store, wanted);
    await checkRateLimits(home, connected.client, record);
    await writeRunRecord(home, record);
    await ensureRunProcesses(home, record, server, env, output);
    await startWorkflow(connected, wanted, record.taskQueue, searchable);
    return { ...connected, record, server, uiUrl: uiUrl === null ? null : runUrl(uiUrl, server.namespace, run) };
  } catch (error) {
    await connected.connection.close();
    throw error;
  }
}

/** Address of a run's page in the Temporal UI. */
export function runUrl(uiUrl: string, namespace: string, run: string): string {
  return `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(run)}`;
}

/** The flag that names a run. */
const nameFlag = ({ derived }: NewRun): string => (derived === undefined ? '--run' : '--name');

const taken = (wanted: NewRun, cause?: unknown): UserError =>
  new UserError(
    `A run named ${wanted.run} exists already. Go on with it by \`skillgrad resume ${wanted.run}\`, or choose another ` +
      `name with ${nameFlag(wanted)}.`,
    2,
    { cause },
  );

const kindTexts: Record<RunKind, string> = {
  journal: 'journals of model calls',
  runs: 'results or rewinds',
  histories: 'histories',
  deaths: 'deaths of workers',
  quarantine: 'tasks in quarantine',
};

async function refuseExisting({ client }: Connected, store: ArtifactStore, wanted: NewRun): Promise<void> {
  const { run } = wanted;
  const { count } = await client.workflow.count(`WorkflowId = "${run}"`);
  if (count > 0) throw taken(wanted);
  const kinds = await kindsOfRun(store.root, run);
  if (kinds.length === 0) return;
  throw new UserError(
    `The store ${store.root} has something of a run named ${run} (${kinds.map((kind) => kindTexts[kind]).join(', ')}), ` +
      'which this server does not know: deleted there after its retention, or on another server. A new run of that name ' +
      `would take it for its own. Choose another name with ${nameFlag(wanted)}, or let go of that run by ` +
      `\`skillgrad store gc --run ${run} --forget\`.`,
    2,
  );
}

async function startWorkflow(
  { client }: Connected,
  wanted: NewRun,
  taskQueue: string,
  searchable: boolean,
): Promise<void> {
  const { run, skillDir, dataDir, config, skillName, derived } = wanted;
  const { origin, ...from } = derived ?? {};
  const input: OptimizeInput = { run, skillDir, dataDir, config: { ...config, notify: [] }, searchable, ...from };
  const { benchmark } = config;
  const model = config.models.executor;
  const about = `${skillName} on ${benchmark} with ${model}`;
  try {
    await client.workflow.start('optimize', {
      workflowId: run,
      taskQueue,
      args: [input],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: origin ? `${originText(origin)}: ${about}` : `optimise ${about}`,
      memo: { skill: skillName, provider: config.provider, ...(origin ? { origin } : {}) },
      ...(searchable
        ? {
            typedSearchAttributes: startingAttributes({
              ...{ skill: skillName, benchmark, model, stage: 'prepare' },
              ...(origin ? { origin: origin.run } : {}),
            }),
          }
        : {}),
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) throw taken(wanted, error);
    throw error;
  }
}
