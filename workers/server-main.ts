import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync } from 'node:fs';
import { cleanEnvironment } from './clean-environment';
import { freePort } from './free-port';
import { skillgradHome, type Home } from './home';
import { openLog } from './open-log';
import { claimedPorts, claimPorts, releasePorts } from './port-claims';
import { identify } from './process-identity';
import { ServerState, SupervisorTask } from './server-state';
import { readState, writeState } from './state-file';

const host = '127.0.0.1';
/** A server that dies within this time of its start hardly served anybody: its ports may be taken. */
const youngMs = 2000;

/**
 * The supervisor: keeps one dev server running on the same ports and database until it gets SIGTERM. Uses nothing but
 * Node's own modules and zod, so that it stays small.
 */
async function supervise(task: SupervisorTask): Promise<void> {
  const home = skillgradHome({ SKILLGRAD_HOME: task.home });
  mkdirSync(home.temporal.folder, { recursive: true });
  const last = await readState(home.temporal.state, ServerState);
  let ports = await choosePorts(task, last);
  let child: ChildProcess | null = null;
  let stopping = false;
  const stop = (): void => {
    stopping = true;
    child?.kill('SIGTERM');
  };
  process
    .on('SIGTERM', stop)
    .on('SIGINT', stop)
    .on('SIGHUP', () => undefined);

  let failures = 0;
  for (let starts = 1; !stopping; starts++) {
    const startedMs = Date.now();
    child = startServer(task, home, ports);
    const ended = new Promise<void>((resolve) => child?.once('close', () => resolve()).once('error', () => resolve()));
    if (child.pid !== undefined) await record(task, home, ports, child.pid, starts);
    await ended;
    if (stopping) break;
    const young = Date.now() - startedMs < youngMs;
    console.error(`${new Date().toISOString()} the server ended after ${Date.now() - startedMs} ms; starting it again`);
    failures = young ? failures + 1 : 0;
    // Clients know these ports, so they are given up only when somebody else has taken them.
    if (young) ports = await choosePorts(task, ports);
    if (failures > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(5000, 100 * 2 ** failures)));
  }
  await releasePorts(task.claims);
}

interface Ports {
  port: number;
  uiPort: number;
}

/** The ports of last time or the usual ones, where neither another program nor another home's server has them. */
async function choosePorts({ claims }: SupervisorTask, last: Ports | null): Promise<Ports> {
  // A cache that can't be read or written must not keep the server down.
  const unshared = (error: Error): void =>
    console.error(`${new Date().toISOString()} ports are not shared out among homes: ${error.message}`);
  const taken = (await claimedPorts(claims).catch(unshared)) ?? [];
  const port = await freePort(last ? [last.port, 7233] : [7233], taken);
  const uiPort = await freePort(last ? [last.uiPort, 8233] : [8233], [...taken, port]);
  await claimPorts(claims, [port, uiPort]).catch(unshared);
  return { port, uiPort };
}

/** The worker that schedules an activity gets it with the answer, instead of by its next poll. */
const dynamicConfig = ['system.enableActivityEagerExecution=true'];

function startServer(task: SupervisorTask, home: Home, ports: Ports): ChildProcess {
  const log = openLog(home.temporal.log);
  const pragmas = ['journal_mode=WAL', 'synchronous=NORMAL'];
  const child = spawn(
    task.binary,
    [
      ...['server', 'start-dev', '--ip', host, '--port', String(ports.port), '--ui-port', String(ports.uiPort)],
      ...['--db-filename', home.temporal.database, '--log-level', 'error', '--color', 'never'],
      ...['--disable-config-env', '--disable-config-file'],
      ...pragmas.flatMap((pragma) => ['--sqlite-pragma', pragma]),
      ...Object.entries(task.searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
      ...[...dynamicConfig, ...task.dynamicConfig].flatMap((pair) => ['--dynamic-config-value', pair]),
    ],
    { stdio: ['ignore', log, log], env: cleanEnvironment(process.env) },
  );
  closeSync(log);
  return child;
}

async function record(task: SupervisorTask, home: Home, ports: Ports, pid: number, starts: number): Promise<void> {
  try {
    const state: ServerState = {
      ...identify(pid),
      supervisorPid: process.pid,
      supervisorStarted: identify(process.pid).started,
      address: `${host}:${ports.port}`,
      ...ports,
      uiUrl: `http://${host}:${ports.uiPort}`,
      binary: task.binary,
      version: task.version,
      starts,
    };
    await writeState(home.temporal.state, state);
  } catch (error) {
    console.error(`${new Date().toISOString()} ${(error as Error).message}`);
  }
}

void supervise(SupervisorTask.parse(JSON.parse(process.argv[2] ?? '{}')));
