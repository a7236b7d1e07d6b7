import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from 'commander';
import { entryPoint } from '../workers/entry-point';
import { skillgradHome } from '../workers/home';
import { connectClient } from '../workers/connection';
import { providerOf, readWorkerEnvironment } from '../workers/worker-settings';
import { chooseServer, openServer } from './runs/open-server';
import { checkKey } from './runs/run-processes';
import { examples } from './terminal/examples';
import { wholeNumber } from './terminal/numbers';
import { terminal } from './terminal/output';
import { describeError, UserError } from './terminal/user-error';

interface WorkerOptions {
  address?: string;
  namespace?: string;
  concurrency?: number;
  rpm?: number;
  tpm?: number;
  json?: boolean;
}

/** Adds `worker`: a worker in the foreground, until it is told to end. */
export function addWorker(root: Command): void {
  root
    .command('worker')
    .description('run a worker in the foreground: serves all runs of its model endpoint and store')
    .option('--address <HOST:PORT>', 'Temporal server to use instead of the configured or embedded one')
    .option('--namespace <NAME>', 'namespace, with --address')
    .option('--concurrency <N>', 'activities at a time', wholeNumber(1))
    .option('--rpm <N>', 'requests a minute at most', wholeNumber(1))
    .option('--tpm <N>', 'tokens a minute at most', wholeNumber(1))
    .option('--json', 'print server and endpoint as JSON on stdout')
    .addHelpText(
      'after',
      '\nOPENAI_API_KEY and OPENAI_BASE_URL name the model endpoint, TEMPORAL_ADDRESS or a Temporal profile the server,' +
        '\nSKILLGRAD_HOME the store. More workers share the work, where they see the same store.\n' +
        examples(
          ['worker', 'serves the embedded server, which is started where it is down'],
          ['worker --address temporal.internal:7233 --namespace skills', 'serves another one'],
          ['worker --concurrency 8 --rpm 300 --tpm 200000', 'within the limits of your account'],
        ),
    )
    .action(runWorkerCommand);
}

async function runWorkerCommand(options: WorkerOptions): Promise<void> {
  const output = terminal(options);
  const home = skillgradHome();
  checkKey({ simulator: null }, process.env);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...(options.concurrency === undefined ? {} : { SKILLGRAD_CONCURRENCY: String(options.concurrency) }),
    ...(options.rpm === undefined ? {} : { SKILLGRAD_RPM: String(options.rpm) }),
    ...(options.tpm === undefined ? {} : { SKILLGRAD_TPM: String(options.tpm) }),
  };
  const provider = providerOf(checkedEnvironment(env));
  const choice = chooseServer(options, process.env);
  const { server } = await openServer(choice, home, process.env, output);
  if (choice.kind !== 'configured') {
    Object.assign(env, { SKILLGRAD_TEMPORAL_ADDRESS: server.address, SKILLGRAD_TEMPORAL_NAMESPACE: server.namespace });
  }
  const { connection } = await connectClient(server);
  await connection.close();
  output.text(`Worker for ${provider} on ${server.address}, namespace ${server.namespace}; store ${home.store}`);
  output.text('Ctrl-C ends it; what is under way is taken up again by the next worker.');
  output.data({ provider, address: server.address, namespace: server.namespace, store: home.store });
  process.exitCode = await runToItsEnd(env, output.json);
}

function checkedEnvironment(env: NodeJS.ProcessEnv): ReturnType<typeof readWorkerEnvironment> {
  try {
    return readWorkerEnvironment(env);
  } catch (error) {
    throw new UserError(`${describeError(error)}. Correct the variable or unset it.`, 2, { cause: error });
  }
}

/** Runs the worker as a process of its own, with its log as ours; signals reach it, and its exit code is handed on. */
function runToItsEnd(env: NodeJS.ProcessEnv, json: boolean): Promise<number> {
  const { command, args } = entryPoint(join(__dirname, '..', 'workers', 'worker-main'));
  const child = spawn(command, args, { env, stdio: ['ignore', json ? process.stderr : 'inherit', 'inherit'] });
  // A terminal's Ctrl-C reaches the child by itself; a kill of this process alone must be handed on.
  const handOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGTERM', handOn).on('SIGINT', () => undefined);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
}
