import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { version } from '../package.json';
import { commands } from './commands';
import { describeError, UserError } from './terminal/user-error';

/** @param asked the first argument; anything but a command's name (a typing error, `--help`) needs them all */
function program(asked: string | undefined): Command {
  const root = new Command('skillgrad')
    .description('Optimises an agent skill as gradient descent optimises parameters, durably, on Temporal.')
    .version(version)
    .showHelpAfterError('(--help shows what can be given)')
    .configureHelp({ sortSubcommands: false })
    .addHelpText('after', '\nStart with `skillgrad demo`. Each command has examples in its own --help.');
  root.exitOverride();
  const all = Object.entries(commands);
  const named = all.filter(([name]) => name === asked);
  const adds = (named.length > 0 ? named : all).map(([, load]) => load());
  for (const add of new Set(adds)) add(root);
  for (const command of allCommands(root)) command.exitOverride();
  return root;
}

function allCommands(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)]);
}

/** Runs the command line and sets the exit code; errors are shown without a stack trace (`SKILLGRAD_DEBUG=1` adds it). */
export async function main(argv: string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
  });
  try {
    await program(argv[2]).parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
    } else {
      const shown = process.env['SKILLGRAD_DEBUG'] && error instanceof Error ? error.stack : describeError(error);
      process.stderr.write(`${pc.red('error:')} ${shown}\n`);
      process.exitCode = error instanceof UserError ? error.exitCode : 1;
    }
  }
}
