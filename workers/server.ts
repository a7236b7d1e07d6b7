import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanEnvironment } from './clean-environment';
import { connectClient, plainServer, type Connected, type ServerAddress } from './connection';
import { entryPoint } from './entry-point';
import { findServerBinary } from './find-server';
import type { Home } from './home';
import { listensAt } from './listening';
import { withLock } from './lock';
import { openLog } from './open-log';
import { endProcess, identify, isAlive, type ProcessIdentity } from './process-identity';
import { ensureRetention, ensureSearchAttributes, searchAttributes } from './server-setup';
import { isRunning, serverProcess, ServerState, supervisorProcess, type SupervisorTask } from './server-state';
import { readState } from './state-file';
import { waitingFor, type Report } from './waiting';

const startLimitMs = 60_000;

/** The embedded server, up and set up. `attached`: it already ran. */
export interface EmbeddedServer {
  state: ServerState;
  server: ServerAddress;
  attached: boolean;
  searchAttributesAvailable: boolean;
  warnings: string[];
}

/**
 * Attaches to our own running dev server, or starts one under a supervisor that outlives this process (SQLite on disk;
 * other ports where 7233 or 8233 are taken). Raises its retention and registers the search attributes.
 *
 * @param env finds the binary; only harmless names of it reach the server (`SKILLGRAD_TEMPORAL_DYNAMIC_CONFIG`,
 *   `KEY=VALUE;…` of Temporal's dynamic configuration, is for tests)
 * @throws an Error with the end of the server's log when it doesn't come up within a minute
 */
export async function ensureServer(home: Home, env: NodeJS.ProcessEnv, report: Report): Promise<EmbeddedServer> {
  await mkdir(home.temporal.folder, { recursive: true });
  const lock = join(home.temporal.folder, 'lock');
  const { state, attached } = await withLock(lock, () => attachOrStart(home, env, report));
  const server = embeddedAddress(state);
  const { connection } = await connectClient(server);
  try {
    await ensureRetention(connection, server.namespace);
    const check = await ensureSearchAttributes(connection, server.namespace);
    return { state, server, attached, searchAttributesAvailable: check.available, warnings: check.warnings };
  } finally {
    await connection.close();
  }
}

/** The state of our server, and whether it runs; null when none was ever started in this home. */
export async function serverStatus(home: Home): Promise<{ state: ServerState; running: boolean } | null> {
  const state = await readState(home.temporal.state, ServerState);
  return state === null ? null : { state, running: isRunning(state) };
}

/** Stops our server with its supervisor; false when none ran. Runs go on when it is started again. */
export async function stopServer(home: Home): Promise<boolean> {
  return withLock(join(home.temporal.folder, 'lock'), () => endServer(home));
}

/** The address of our own server as `server.json` has it. */
export function embeddedAddress(state: ServerState): ServerAddress {
  return plainServer(state.address, 'the embedded server');
}

async function endServer(home: Home): Promise<boolean> {
  const state = await readState(home.temporal.state, ServerState);
  if (state === null) return false;
  const supervised = await endProcess(supervisorProcess(state));
  // The supervisor may have been killed, or may have started another server since.
  const last = (await readState(home.temporal.state, ServerState)) ?? state;
  const served = await endProcess(serverProcess(last));
  return supervised || served;
}

async function attachOrStart(
  home: Home,
  env: NodeJS.ProcessEnv,
  report: Report,
): Promise<{ state: ServerState; attached: boolean }> {
  const state = await readState(home.temporal.state, ServerState);
  if (state !== null && isAlive(supervisorProcess(state))) {
    // A server that is just being started again by its supervisor counts too.
    const answering = await untilReady(home, supervisorProcess(state), Date.now() + startLimitMs, report);
    report(`Temporal server: attached to ours at ${answering.address} (pid ${answering.pid})`);
    return { state: answering, attached: true };
  }
  await endServer(home);
  const binary = await findServerBinary(home.cache, env, report);
  report(`Temporal server: starting ${binary.path} (from ${binary.source}, server ${binary.server})`);
  const dynamicConfig = env['SKILLGRAD_TEMPORAL_DYNAMIC_CONFIG'];
  const supervisor = startSupervisor(home, {
    home: home.root,
    claims: join(home.cache, 'ports'),
    binary: binary.path,
    version: binary.server,
    dynamicConfig: dynamicConfig ? dynamicConfig.split(';') : [],
    searchAttributes,
  });
  return { state: await untilReady(home, supervisor, Date.now() + startLimitMs, report), attached: false };
}

function startSupervisor(home: Home, task: SupervisorTask): ProcessIdentity {
  const { command, args } = entryPoint(join(__dirname, 'server-main'));
  const log = openLog(home.temporal.supervisorLog);
  const child = spawn(command, [...args, JSON.stringify(task)], {
    detached: true,
    stdio: ['ignore', log, log],
    env: cleanEnvironment(process.env),
    cwd: home.temporal.folder,
  });
  closeSync(log);
  child.unref();
  if (child.pid === undefined) throw new Error(`The Temporal server's supervisor could not be started: ${command}`);
  return identify(child.pid);
}

async function untilReady(
  home: Home,
  supervisor: ProcessIdentity,
  deadlineMs: number,
  report: Report,
): Promise<ServerState> {
  const ready = async (): Promise<ServerState> => {
    for (;;) {
      const state = await readState(home.temporal.state, ServerState);
      if (state?.supervisorPid === supervisor.pid && isRunning(state) && (await answers(state))) return state;
      if (!isAlive(supervisor) || Date.now() > deadlineMs) throw await notReady(home, isAlive(supervisor));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return waitingFor(report, 'the Temporal server comes up', ready());
}

/**
 * Whether the server of this state speaks at its address, with its default namespace there. Of two homes that start at
 * the same moment both may have found the same port free: the server of the other one is not taken for ours.
 */
async function answers(state: ServerState): Promise<boolean> {
  if ((await listensAt(state.pid, state.port)) === false) return false;
  let connected: Connected | null = null;
  try {
    connected = await connectClient(embeddedAddress(state));
    await connected.connection.workflowService.describeNamespace({ namespace: 'default' });
    return isAlive(serverProcess(state));
  } catch {
    return false;
  } finally {
    await connected?.connection.close();
  }
}

async function notReady(home: Home, supervised: boolean): Promise<Error> {
  const tail = async (path: string): Promise<string> =>
    (await readFile(path, 'utf8').catch(() => '')).trim().split('\n').slice(-5).join('\n');
  const log = (await tail(home.temporal.log)) || (await tail(home.temporal.supervisorLog));
  return new Error(
    `The Temporal server ${supervised ? `did not answer within ${startLimitMs / 1000} s` : 'could not be kept up'}; ` +
      `its log ${home.temporal.log} ends with:\n${log || '(nothing)'}`,
  );
}
