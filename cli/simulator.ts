import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { openBenchmark } from '../benchmarks/open-benchmark';
import { Role } from '../records/run-config';
import { FaultKind, parseFault, type Fault } from '../simulator/faults';
import { startSimulator, type Simulator } from '../simulator/start-simulator';
import { skillgradHome } from '../workers/home';
import { announceReady } from '../workers/processes';
import { onInterruption } from './runs/interruption';
import { examples } from './terminal/examples';
import { wholeNumber } from './terminal/numbers';
import { terminal } from './terminal/output';
import { describeError, UserError } from './terminal/user-error';

interface SimulatorCommandOptions {
  port: number;
  data: string;
  latencyMs: number;
  seed: number;
  fault?: Fault[];
  json?: boolean;
}

/** Adds `simulator`: the simulated model as a server of its own, until it is told to end. */
export function addSimulator(root: Command): void {
  root
    .command('simulator')
    .description('start the simulated model on its own, behind an OpenAI-compatible HTTP server')
    .option('--port <P>', 'port on 127.0.0.1; 0 takes a free one', wholeNumber(), 0)
    .requiredOption('--data <DIR>', 'folder with the tasks that it knows, goldens included')
    .option('--latency-ms <N>', 'time that each call takes', wholeNumber(), 500)
    .option('--seed <N>', 'seed of its answers', wholeNumber(), 1)
    .option('--fault <KIND:RATE[:ROLE]>', 'share of calls that go wrong; may be given more than once', addFault)
    .option('--json', 'print address and seed as JSON on stdout')
    .addHelpText(
      'after',
      `\nKinds of faults: ${FaultKind.options.join(', ')}.\nRoles: ${Role.options.join(', ')}.\n` +
        'GET /stats counts the calls by role, by result and by call id.\n' +
        examples(
          ['simulator --data examples/spreadsheetbench --port 8080', 'answers at http://127.0.0.1:8080/v1'],
          [
            'simulator --data examples/spreadsheetbench --latency-ms 50 --fault rate-limit:0.1 --fault hang:0.01:executor',
            'a tenth of all calls is told to slow down, and one in a hundred of the executor hangs',
          ],
        ),
    )
    .action(runSimulator);
}

function addFault(text: string, before: Fault[] | undefined): Fault[] {
  try {
    return [...(before ?? []), parseFault(text)];
  } catch (error) {
    throw new InvalidArgumentError(describeError(error));
  }
}

async function runSimulator(options: SimulatorCommandOptions): Promise<void> {
  const output = terminal(options);
  const interruption = onInterruption();
  const simulator = await open(options);
  try {
    const { url, port } = simulator;
    await announceReady(skillgradHome(), { url });
    output.text(`The simulated model answers at ${url} (seed ${options.seed}, ${options.latencyMs} ms a call).`);
    output.text(`Its counts are at ${url.replace(/\/v1$/, '/stats')}. Ctrl-C ends it.`);
    output.data({ url, port, seed: options.seed });
    await interruption.signalled;
  } finally {
    await simulator.close();
    interruption.release();
  }
}

async function open({ port, data, seed, latencyMs, fault }: SimulatorCommandOptions): Promise<Simulator> {
  const dataDir = resolve(data);
  // For its messages: the simulator itself takes the data as it should be.
  await openBenchmark('spreadsheetbench').load(dataDir);
  try {
    return await startSimulator({ port, dataDir, seed, latencyMs, faults: fault ?? [] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new UserError(`--port ${port}: the port is taken. Name another one, or 0 for a free one.`, 2, {
      cause: error,
    });
  }
}
