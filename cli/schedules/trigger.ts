import type { Command } from 'commander';
import { Look } from '../../records/schedule';
import { whileAway } from '../../workers/connection';
import { addRunOptions, type RunOptions } from '../runs/open-run';
import { steerRun } from '../runs/steer-run';
import { examples } from '../terminal/examples';
import { UserError } from '../terminal/user-error';
import { lookLine } from './look-text';
import { adoptRun, ensureServed, withSchedule, type OpenSchedule } from './open-schedule';
import { lookUnderWay } from './show';

/** A triggered look shows up on the server within moments. */
const patienceMs = 15_000;

/** Adds `schedule trigger`. */
export function addTrigger(parent: Command): void {
  addRunOptions(parent.command('trigger').argument('<NAME>', 'name of the schedule'))
    .description('take a look now, or go on with the one that waits on a fault; starts its worker where that is down')
    .option('--wait', 'wait for the look to end, and show what it found')
    .addHelpText(
      'after',
      '\nExit code with --wait: 0 no drop, 5 a significant drop.\n' +
        examples(['schedule trigger weekly', 'in the background'], ['schedule trigger weekly --wait', 'for a script']),
    )
    .action((name: string, options: RunOptions & { wait?: boolean }) =>
      withSchedule(name, options, (open) => trigger(open, options.wait === true)),
    );
}

async function trigger(open: OpenSchedule, wait: boolean): Promise<void> {
  const { name, client, handle, output, home, settings } = open;
  await ensureServed(open, settings.origin);
  const underWay = await lookUnderWay(open);
  if (underWay !== null) await steerRun(client, underWay.workflowId, { update: 'resume' }, 'triggered', 30_000);
  // Not skipped where the schedule hasn't noticed yet that its last look has ended.
  else await handle.trigger('BUFFER_ONE');
  const workflowId = underWay?.workflowId ?? (await newLook(open));
  if (!wait) {
    output.text(`Look ${workflowId} is under way; \`skillgrad schedule show ${name}\` shows what it finds.`);
    output.data({ name, workflowId, look: null });
    return;
  }
  const look = Look.parse(await whileAway(() => client.workflow.getHandle(workflowId).result()));
  if (look.started !== null) await adoptRun(home, settings.origin, look.started);
  output.text(lookLine(look));
  output.data({ name, workflowId, look });
  if (look.verdict?.dropped === true) process.exitCode = 5;
}

/** Workflow id of the look that was triggered just now. */
async function newLook({ name, handle, description }: OpenSchedule): Promise<string> {
  const known = new Set(description.info.recentActions.map(({ action }) => action.workflow.workflowId));
  const deadlineMs = Date.now() + patienceMs;
  while (Date.now() < deadlineMs) {
    const { info } = await handle.describe();
    const found = info.recentActions.find(({ action }) => !known.has(action.workflow.workflowId));
    if (found !== undefined) return found.action.workflow.workflowId;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new UserError(`Schedule ${name} has not started a look: see \`skillgrad schedule show ${name}\`.`);
}
