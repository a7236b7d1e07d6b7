import { join } from 'node:path';
import type { Command } from 'commander';
import { skillgradHome } from '../workers/home';
import { toRunConfig } from './options/run-config';
import { checkRunName } from './options/run-settings';
import { accompanyRun } from './runs/accompany-run';
import { finishRun } from './runs/finish-run';
import { runName } from './runs/run-name';
import { startRun } from './runs/start-run';
import { examples } from './terminal/examples';
import { wholeNumber } from './terminal/numbers';
import { terminal } from './terminal/output';

interface DemoOptions {
  seed: number;
  latencyMs: number;
  run?: string;
  address?: string;
  namespace: string;
  json?: boolean;
}

const root = join(__dirname, '..');
/** Shows a patch that the gate accepts and one that it refuses. */
const defaultSeed = 1;
const simulatedPrice = { inputUsd: 1, outputUsd: 4, label: 'a simulated price, nobody is paid' };

export function addDemo(command: Command): void {
  command
    .command('demo')
    .description('optimise a weak spreadsheet skill on 48 real tasks with a simulated model; needs no key')
    .option('--seed <N>', 'seed of the run and of the simulated model', wholeNumber(), defaultSeed)
    .option('--latency-ms <N>', 'time that the simulated model takes for a call', wholeNumber(), 50)
    .option('--run <NAME>', 'name of the run (default: demo and time)', checkRunName)
    .option('--address <HOST:PORT>', 'Temporal server to use instead of the embedded one')
    .option('--namespace <NAME>', 'namespace, with --address', 'default')
    .option('--json', 'print the result as JSON on stdout')
    .addHelpText(
      'after',
      examples(
        ['demo', 'optimises the demo skill on the embedded Temporal server'],
        ['demo --seed 7', 'another split of the tasks and another simulated model'],
        ['demo --address localhost:7233', 'on a Temporal server that already runs'],
      ),
    )
    .action(runDemo);
}

async function runDemo(options: DemoOptions): Promise<void> {
  const output = terminal(options);
  const home = skillgradHome();
  const { seed, latencyMs, address, namespace } = options;
  const dataDir = join(root, 'examples', 'spreadsheetbench');
  const config = {
    ...toRunConfig({ profile: 'demo', model: ['simulated'], seed }, `simulator:${seed}`),
    prices: { simulated: simulatedPrice },
  };
  output.text('SkillGrad demo: optimises a weak spreadsheet skill on 48 real workbook tasks.');
  output.text('The model is simulated: a program plays it. Its scores mean nothing about a real model.\n');
  const started = await startRun(
    home,
    {
      run: options.run ?? runName('demo'),
      skillName: 'weak-spreadsheet-skill',
      skillDir: join(root, 'examples', 'weak-spreadsheet-skill'),
      dataDir,
      config,
      server: address === undefined ? { kind: 'embedded' } : { kind: 'address', address, namespace },
      baseUrl: null,
      simulator: { seed, latencyMs, dataDir, faults: [] },
      notify: [],
    },
    process.env,
    output,
  );
  const { client, connection, record, server, uiUrl } = started;
  const { run } = record;
  try {
    output.text(`\nRun          ${run}`);
    output.text(
      `Temporal UI  ${uiUrl ?? `that of ${server.address}, workflow ${run} in namespace ${server.namespace}`}`,
    );
    output.text('Ctrl-C interrupts the run and says how to go on with it.\n');
    const own = { home, client, server, record, env: process.env, output };
    const ended = await accompanyRun(own);
    if (ended === null) return;
    const finished = await finishRun(own, ended, null, uiUrl);
    output.data({ run, uiUrl, simulated: true, ...finished });
  } finally {
    await connection.close();
  }
}
