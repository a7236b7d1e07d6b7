import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { Command } from 'commander';
import { whileAway } from '../workers/connection';
import { stopIdleProcesses } from './runs/accompany-run';
import { chooseServer, findServer } from './runs/open-server';
import { addRunOptions, withRun, type OpenRun, type RunOptions } from './runs/open-run';
import { askProgress } from './runs/progress-query';
import { ensureRunProcesses } from './runs/run-processes';
import { readCancelled } from './runs/run-state';
import { steerRun } from './runs/steer-run';
import { endedText } from './runs/steer-text';
import { examples } from './terminal/examples';
import { spendingText } from './terminal/progress-text';
import { UserError } from './terminal/user-error';

/** Activities whose worker is gone are given up after their heartbeats' timeout; a call under way is called off at once. */
const patienceMs = 120_000;
const pollMs = 300;

interface CancelOptions extends RunOptions {
  note?: string;
}

/** Adds `cancel`. */
export function addCancel(root: Command): void {
  addRunOptions(root.command('cancel').argument('<RUN>', 'name of the run'))
    .description('give a run up: calls under way are called off and everything is cleaned up; it can not be resumed')
    .option('--note <TEXT>', 'why; kept in the history')
    .addHelpText(
      'after',
      '\nThe best version so far, the momentum record and all that was measured stay in the store.\n' +
        examples(
          ['cancel my-run --note "wrong data"', 'ends it now; the history says who did and why'],
          ['result my-run --out best', 'afterwards: the best version that it had come to'],
          ['stop my-run', 'instead: ends it in good order, with measurements and a delivery'],
        ),
    )
    .action((run: string, options: CancelOptions) => withRun(run, options, (open) => cancel(open, options)));
}

async function cancel(open: OpenRun, options: CancelOptions): Promise<void> {
  const { run, home, output, client, record, description } = open;
  if (description.status.name !== 'RUNNING') {
    throw new UserError(endedText(run, 'cancel', description.status.name));
  }
  const { env } = process;
  // The clean-up needs a worker.
  if (record !== null && (await askProgress(client, run)) === null) {
    const server = await findServer(chooseServer(options, env, record.server), home, env);
    await ensureRunProcesses(home, record, server, env, output);
  }
  const control = await steerRun(client, run, { update: 'cancel' }, options.note, 30_000);
  await whileAway(() => client.workflow.getHandle(run).cancel());
  const ended = await untilEnded(client, run);
  if (record !== null) await stopIdleProcesses({ client, home, record });
  const kept = await readCancelled(ended, home);
  output.text(`Run ${run} is cancelled${kept === null ? '' : `; ${spendingText(kept.spending)}`}.`);
  output.text(`\`skillgrad result ${run} --out DIR\` writes its best version so far.`);
  output.data({ run, control, cancelled: kept });
}

async function untilEnded(client: Client, run: string): Promise<WorkflowExecutionDescription> {
  const deadlineMs = Date.now() + patienceMs;
  for (;;) {
    const description = await client.workflow.getHandle(run).describe();
    if (description.status.name !== 'RUNNING') return description;
    if (Date.now() > deadlineMs) {
      throw new UserError(
        `Run ${run} is being cancelled, but has not ended within ${patienceMs / 1000} s; it does once a worker is there. ` +
          `\`skillgrad status ${run}\` says where it is.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
