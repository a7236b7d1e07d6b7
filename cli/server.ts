import type { Command } from 'commander';
import { skillgradHome } from '../workers/home';
import { ensureServer, serverStatus, stopServer } from '../workers/server';
import { openRuns, stopServedProcesses } from './runs/served-processes';
import { livingWorkers, placeText } from './runs/worker-list';
import { examples } from './terminal/examples';
import { terminal } from './terminal/output';
import { describeError } from './terminal/user-error';

interface ServerOptions {
  json?: boolean;
}

/** Adds `server` with `start`, `stop` and `status` (also what `server` alone does). */
export function addServer(root: Command): void {
  const command = root
    .command('server')
    .description('start, stop or look at the embedded Temporal server')
    .addHelpText(
      'after',
      '\nThe server belongs to SKILLGRAD_HOME (by default ~/.skillgrad) and keeps all runs there, in SQLite.\n' +
        'It listens on 127.0.0.1 alone and outlives the command that started it.\n' +
        examples(
          ['server start', 'starts it, or attaches to it when it runs, and prints the address of its UI'],
          ['server', 'says whether it runs (exit code 0) or not (exit code 1)'],
          ['server stop', 'stops it with the workers of its runs, which stand still; `resume RUN` goes on'],
        ),
    );
  addOne(command, 'start', 'start the server, or attach to it when it runs', start);
  addOne(command, 'stop', 'stop the server and the workers of its runs; all runs are kept', stop);
  addOne(command, 'status', 'say where the server is and whether it runs (the default)', status, true);
}

function addOne(
  parent: Command,
  name: string,
  description: string,
  action: (options: ServerOptions) => Promise<void>,
  isDefault = false,
): void {
  parent
    .command(name, { isDefault })
    .description(description)
    .option('--json', 'print JSON on stdout')
    .addHelpText('after', examples([`server ${name}`, description], [`server ${name} --json`, 'the same as JSON']))
    .action(action);
}

async function start(options: ServerOptions): Promise<void> {
  const output = terminal(options);
  const { state, attached, warnings } = await ensureServer(skillgradHome(), process.env, output.note);
  warnings.forEach(output.warn);
  const { address, uiUrl, pid, version } = state;
  output.text(`Temporal server  ${address} (version ${version}, pid ${pid})`);
  output.text(`Temporal UI      ${uiUrl}`);
  output.text('`skillgrad server stop` stops it; all runs are kept.');
  output.data({ running: true, attached, address, uiUrl, pid, version });
}

async function stop(options: ServerOptions): Promise<void> {
  const output = terminal(options);
  const home = skillgradHome();
  const open = await openRuns(home).catch((error: unknown) => {
    output.note(`Which runs are under way isn't known: ${describeError(error)}`);
    return [];
  });
  const stopped = await stopServer(home);
  // Without their server they would try to reach it for good. After it: a command that accompanies a run starts its
  // processes again while the server is there.
  const processes = await stopServedProcesses(home);
  output.text(
    stopped
      ? `Stopped the Temporal server of ${home.root}. All runs are kept; \`skillgrad server start\` opens it again.`
      : `No Temporal server of ${home.root} was running.`,
  );
  if (processes.length > 0) output.text(`Stopped what served its runs as well: ${processes.join(', ')}.`);
  const workers = await livingWorkers(home, Date.now());
  for (const worker of workers) {
    output.text(
      `Worker ${worker.id} (${placeText(worker)}) still runs: no run of this server started it. ` +
        'It must end before runs go on from a copy of this home.',
    );
  }
  for (const run of open) {
    output.text(`Run ${run} stands still; \`skillgrad resume ${run}\` starts server and worker and goes on with it.`);
  }
  output.data({ stopped, processes, open, workers: workers.map(({ id, host, pid }) => ({ id, host, pid })) });
}

async function status(options: ServerOptions): Promise<void> {
  const output = terminal(options);
  const home = skillgradHome();
  const found = await serverStatus(home);
  if (found?.running) {
    const { address, uiUrl, pid, version, binary, starts } = found.state;
    output.text(`Temporal server  ${address} (version ${version}, pid ${pid}, started ${starts}×, ${binary})`);
    output.text(`Temporal UI      ${uiUrl}`);
    output.text(`Log              ${home.temporal.log}`);
    output.data({ running: true, address, uiUrl, pid, version, log: home.temporal.log });
    return;
  }
  output.text(`The Temporal server of ${home.root} is not running. \`skillgrad server start\` starts it.`);
  output.data({ running: false, log: home.temporal.log });
  process.exitCode = 1;
}
