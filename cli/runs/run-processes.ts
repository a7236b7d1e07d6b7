import { join } from 'node:path';
import type { ServerAddress } from '../../workers/connection';
import { entryPoint } from '../../workers/entry-point';
import type { Home } from '../../workers/home';
import { ensureProcess, stopProcess, type StartedProcess } from '../../workers/processes';
import { digestOfSources } from '../../workers/workflow-bundle';
import type { Output } from '../terminal/output';
import { UserError } from '../terminal/user-error';
import type { RunRecord, SimulatorSettings } from './run-record';

const idleMs = 5 * 60_000;
const root = join(__dirname, '..', '..');

/** Names of the processes that a run needs; one worker and one simulator serve all runs with the same settings. */
export function processNames(record: RunRecord): { worker: string; simulator: string | null; follower: string } {
  return {
    worker: record.taskQueue.replace('skillgrad-', 'worker-'),
    simulator: record.simulator === null ? null : `simulator-${record.simulator.seed}`,
    follower: `follow-${record.run}`,
  };
}

/**
 * Starts the processes that a run needs, or attaches to those that run with the same settings: simulator, worker, and
 * the follower that notifies.
 *
 * @throws UserError when the run needs a key and none is set; an Error with a log's end when a process doesn't get up
 */
export async function ensureRunProcesses(
  home: Home,
  record: RunRecord,
  server: ServerAddress,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<void> {
  const names = processNames(record);
  let baseUrl = record.baseUrl;
  if (record.simulator !== null && names.simulator !== null) {
    const simulator = await ensureSimulator(home, names.simulator, record.simulator, env, output);
    baseUrl = simulator.details['url'] ?? null;
    announce(output, 'simulated model', simulator);
  }
  const workerEnv = workerEnvironment(home, record, server, baseUrl, env);
  const worker = await ensureProcess(
    home,
    {
      name: names.worker,
      ...entryPoint(join(root, 'workers', 'worker-main')),
      env: workerEnv,
      identity: await workerIdentity(workerEnv),
    },
    output.note,
  );
  announce(output, 'worker', worker);
  if (record.notify.length > 0) await ensureFollower(home, record, names.follower, env, output);
}

/** Stops worker, simulator and follower of a run; what they did stays, and `resume` starts them again. */
export async function stopRunProcesses(home: Home, record: RunRecord): Promise<void> {
  const { worker, simulator, follower } = processNames(record);
  const names = [worker, simulator, follower].filter((name) => name !== null);
  await Promise.all(names.map((name) => stopProcess(home, name)));
}

async function ensureSimulator(
  home: Home,
  name: string,
  simulator: SimulatorSettings,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<StartedProcess> {
  const { command, args } = cliCommand();
  const settings = [
    ...['--port', '0', '--data', simulator.dataDir, '--seed', String(simulator.seed)],
    ...['--latency-ms', String(simulator.latencyMs)],
    ...simulator.faults.flatMap((fault) => ['--fault', fault]),
  ];
  return ensureProcess(
    home,
    {
      name,
      command,
      args: [...args, 'simulator', ...settings],
      env: { ...without(env, /^(OPENAI_|TEMPORAL_)/), SKILLGRAD_HOME: home.root },
      identity: JSON.stringify([settings, await digestOfSources()]),
    },
    output.note,
  );
}

async function ensureFollower(
  home: Home,
  record: RunRecord,
  name: string,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<void> {
  const { command, args } = cliCommand();
  const follower = await ensureProcess(
    home,
    {
      name,
      command,
      args: [...args, 'follow', record.run],
      env: { ...without(env, /^OPENAI_/), SKILLGRAD_HOME: home.root },
      identity: JSON.stringify(record.notify),
    },
    output.note,
  );
  announce(output, 'follower that notifies', follower);
}

/** How this very command line is run again. */
function cliCommand(): { command: string; args: string[] } {
  return { command: process.execPath, args: [join(root, 'cli', 'skillgrad.cjs')] };
}

function workerEnvironment(
  home: Home,
  record: RunRecord,
  server: ServerAddress,
  baseUrl: string | null,
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  checkKey(record, env);
  const simulated = record.simulator !== null;
  const kept = record.server.kind === 'configured' ? env : without(env, /^TEMPORAL_/);
  return {
    ...(simulated ? without(kept, /^OPENAI_/) : kept),
    // No word of any text: whatever equals the key is taken out of all that is kept.
    ...(simulated ? { OPENAI_API_KEY: 'sk-no-key-is-needed' } : {}),
    ...(baseUrl === null ? {} : { OPENAI_BASE_URL: baseUrl }),
    ...(record.server.kind === 'configured'
      ? {}
      : { SKILLGRAD_TEMPORAL_ADDRESS: server.address, SKILLGRAD_TEMPORAL_NAMESPACE: server.namespace }),
    ...(record.rpm === null ? {} : { SKILLGRAD_RPM: String(record.rpm) }),
    ...(record.tpm === null ? {} : { SKILLGRAD_TPM: String(record.tpm) }),
    SKILLGRAD_PROVIDER: record.provider,
    SKILLGRAD_HOME: home.root,
    SKILLGRAD_CACHE: home.cache,
    SKILLGRAD_IDLE_MS: env['SKILLGRAD_IDLE_MS'] || String(idleMs),
  };
}

/** A worker with another key, endpoint, server or code must not be taken for this one. */
async function workerIdentity(env: NodeJS.ProcessEnv): Promise<string> {
  const names = Object.keys(env).filter((name) => /^(OPENAI_|SKILLGRAD_|TEMPORAL_)/.test(name));
  return JSON.stringify([names.sort().map((name) => [name, env[name]]), await digestOfSources()]);
}

/** Throws a UserError for a run on a real model without a key; to be called before anything is started. */
export function checkKey({ simulator }: Pick<RunRecord, 'simulator'>, env: NodeJS.ProcessEnv): void {
  if (simulator !== null || env['OPENAI_API_KEY']) return;
  throw new UserError(
    'OPENAI_API_KEY is not set. Set it to the key of your model endpoint (any text where it wants none); ' +
      'OPENAI_BASE_URL names the endpoint, by default https://api.openai.com/v1. Nothing was started.',
    2,
  );
}

function without(env: NodeJS.ProcessEnv, names: RegExp): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.test(name)));
}

function announce(output: Output, what: string, { record, details, attached }: StartedProcess): void {
  const at = details['url'] ? ` at ${details['url']}` : '';
  output.note(`${attached ? 'Attached to the' : 'Started a'} ${what}${at} (pid ${record.pid}, log ${record.log})`);
}
