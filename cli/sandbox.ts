import { constants } from 'node:os';
import * as path from 'node:path';
import { Option, type Command } from 'commander';
import { profiles, SandboxBackend, type SandboxLimits } from '../records/run-config';
import { SandboxFault, SandboxUnavailableError } from '../sandbox/errors';
import { openSandbox, type SandboxLimit, type SandboxResult } from '../sandbox/sandbox';
import { examples } from './terminal/examples';
import { terminal } from './terminal/output';
import { describeError, UserError } from './terminal/user-error';

/** As `timeout` and `docker run` have them: a limit ended the code; the sandbox failed. */
const exitCodes = { limit: 124, sandbox: 125 };

const { sandbox: defaultBackend, sandboxLimits: limits } = profiles.default;

interface SandboxOptions {
  backend: SandboxBackend;
  json?: boolean;
}

/** Adds `sandbox` with `run` and `check`. */
export function addSandbox(root: Command): void {
  const command = root
    .command('sandbox')
    .description('run a program as the code of a model is run, or try the sandbox');
  command
    .command('run')
    .argument('<FILE>', 'program in DIR: .mjs or .js; with bubblewrap also .sh and .py')
    .description('run a program in the sandbox, under the limits of a run')
    .requiredOption('--dir <DIR>', 'its work directory: all that it can read and write; it is changed in place')
    .addOption(backendOption())
    .option('--json', 'print the outcome as JSON on stdout')
    .addHelpText(
      'after',
      '\nWhat the program prints goes to stdout and stderr, and its exit code is the exit code. 124: a limit ended it' +
        '\n(stderr names it); 125: the sandbox failed; 2: the command was wrong. Afterwards DIR holds no symlinks, sockets' +
        `\nor pipes. Limits: ${describeLimits(limits)}.\n` +
        examples(
          ['sandbox run answer.mjs --dir ./work', 'runs ./work/answer.mjs with ./work as all that it can see'],
          ['sandbox run answer.py --dir ./work --backend bubblewrap', 'the same for Python'],
        ),
    )
    .action(run);
  command
    .command('check')
    .description('attack the sandbox with its self-test, as each worker does when it starts')
    .addOption(backendOption())
    .option('--json', 'print JSON on stdout')
    .addHelpText(
      'after',
      `\nExit code 0: every probe succeeded without the sandbox and failed inside. ${exitCodes.sandbox}: not so; says which.\n` +
        examples(['sandbox check --backend bubblewrap', 'says whether bubblewrap holds on this machine']),
    )
    .action(check);
}

function backendOption(): Option {
  return new Option('--backend <NAME>', 'which sandbox').choices(SandboxBackend.options).default(defaultBackend);
}

async function run(file: string, options: SandboxOptions & { dir: string }): Promise<void> {
  const workDir = path.resolve(options.dir);
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => stop.abort(signal);
  // The directory is given back in order, whoever is in a hurry.
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    const sandbox = await openSandbox(options.backend, limits);
    const result = await sandbox.run({ workDir, file, limits, signal: stop.signal });
    show(result, options);
  } catch (error) {
    if (stop.signal.aborted && error === stop.signal.reason) {
      process.exitCode = signalCode(String(error));
      return;
    }
    throw asUserError(error);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

function show(result: SandboxResult, options: SandboxOptions): void {
  const output = terminal(options);
  const { stdout, stderr, limit, exitCode, signal } = result;
  output.data({ backend: options.backend, ...result });
  if (!output.json) {
    process.stdout.write(stdout);
    process.stderr.write(stderr === '' || stderr.endsWith('\n') ? stderr : `${stderr}\n`);
  }
  if (limit !== null) output.warn(describeLimit(limit, exitCode === null));
  if (exitCode !== null) process.exitCode = exitCode;
  else process.exitCode = limit === null && signal !== null ? signalCode(signal) : exitCodes.limit;
}

async function check(options: SandboxOptions): Promise<void> {
  const output = terminal(options);
  const startMs = performance.now();
  try {
    const { languages } = await openSandbox(options.backend, limits);
    const tookMs = Math.round(performance.now() - startMs);
    output.text(
      `${options.backend}: every probe was refused, after it had succeeded without the sandbox (${tookMs} ms)`,
    );
    output.text(`It runs ${languages.join(', ')}.`);
    output.data({ backend: options.backend, ok: true, languages, tookMs });
  } catch (error) {
    if (!(error instanceof SandboxUnavailableError)) throw asUserError(error);
    output.data({ backend: options.backend, ok: false, probe: error.probe, message: error.message, fix: error.fix });
    throw asUserError(error);
  }
}

/** What a person can mend in the command itself, or else a failure of the sandbox. */
function asUserError(error: unknown): UserError {
  const code = error instanceof SandboxFault && error.kind === 'work-dir' ? 2 : exitCodes.sandbox;
  return new UserError(describeError(error), code, { cause: error });
}

function signalCode(signal: string): number {
  return 128 + (Object.entries(constants.signals).find(([name]) => name === signal)?.[1] ?? 0);
}

function describeLimit(limit: SandboxLimit, ended: boolean): string {
  const { cpuMs, wallMs, memoryBytes, processes, fileBytes, workDirBytes, tmpBytes, outputBytes } = limits;
  const texts: Record<SandboxLimit, string> = {
    cpu: `${cpuMs / 1000} s of CPU time`,
    wall: `${wallMs / 1000} s`,
    memory: `${megabytes(memoryBytes)} of memory`,
    processes: `${processes} processes and threads`,
    'file-size': `${megabytes(fileBytes)} a file`,
    'work-dir': `${megabytes(workDirBytes)} in the work directory`,
    tmp: `${megabytes(tmpBytes)} in the temporary directory`,
    output: `${outputBytes / 1024} kB of output`,
  };
  return `${ended ? 'ended by' : 'cut at'} the ${limit} limit: ${texts[limit]}`;
}

function describeLimits({ cpuMs, wallMs, memoryBytes, processes, workDirBytes }: SandboxLimits): string {
  return (
    `${cpuMs / 1000} s CPU, ${wallMs / 1000} s wall, ${megabytes(memoryBytes)} memory, ${processes} processes,` +
    ` ${megabytes(workDirBytes)} in DIR`
  );
}

function megabytes(bytes: number): string {
  return `${bytes / 1024 ** 2} MB`;
}
