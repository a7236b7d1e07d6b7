import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { version } from '../package.json';
import { addAudit } from './audit';
import { addBenchmark } from './benchmark';
import { addBlame } from './blame';
import { addBudget } from './budget';
import { addCancel } from './cancel';
import { addDecide } from './decide';
import { addDemo } from './demo';
import { addEdit } from './edit';
import { addFollow } from './follow';
import { addFork } from './fork';
import { addHistory } from './history';
import { addList } from './list';
import { addMomentum } from './momentum';
import { addOptimize } from './optimize';
import { addPause } from './pause';
import { addReplay } from './replay';
import { addResult } from './result';
import { addResume } from './resume';
import { addReview } from './review';
import { addRewind } from './rewind';
import { addSandbox } from './sandbox';
import { addSchedule } from './schedule';
import { addServer } from './server';
import { addSet } from './set';
import { addSimulator } from './simulator';
import { addSkill } from './skill';
import { addStatus } from './status';
import { addStop } from './stop';
import { addStore } from './store';
import { describeError, UserError } from './terminal/user-error';
import { addWatch } from './watch';
import { addWorker } from './worker';

const commands = [
  addDemo,
  addOptimize,
  addStatus,
  addWatch,
  addList,
  addPause,
  addResume,
  addStop,
  addCancel,
  addBudget,
  addSet,
  addReview,
  addDecide,
  addEdit,
  addResult,
  addMomentum,
  addBlame,
  addReplay,
  addFork,
  addRewind,
  addSchedule,
  addAudit,
  addHistory,
  addServer,
  addWorker,
  addSandbox,
  addSimulator,
  addSkill,
  addBenchmark,
  addStore,
  addFollow,
];

function program(): Command {
  const root = new Command('skillgrad')
    .description('Optimises an agent skill as gradient descent optimises parameters, durably, on Temporal.')
    .version(version)
    .showHelpAfterError('(--help shows what can be given)')
    .configureHelp({ sortSubcommands: false })
    .addHelpText('after', '\nStart with `skillgrad demo`. Each command has examples in its own --help.');
  root.exitOverride();
  for (const add of commands) add(root);
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
    await program().parseAsync(argv);
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
