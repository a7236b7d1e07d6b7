import { ScheduleAlreadyRunning, type Client } from '@temporalio/client';
import type { Command } from 'commander';
import { startingAttributes } from '../../workflows/search-attributes';
import { connectClient } from '../../workers/connection';
import { skillgradHome } from '../../workers/home';
import { checkRunName } from '../options/run-settings';
import { addRunOptions, describeRun, type RunOptions } from '../runs/open-run';
import { chooseServer, openServer } from '../runs/open-server';
import { readRunRecord } from '../runs/run-record';
import { checkEnded, readRunResult } from '../runs/run-state';
import { examples } from '../terminal/examples';
import { positiveNumber, wholeNumber } from '../terminal/numbers';
import { terminal } from '../terminal/output';
import { budgetText } from '../terminal/progress-text';
import { UserError } from '../terminal/user-error';
import { ensureServed, type ScheduleMemo } from './open-schedule';
import { settingsOf, share, type CreateOptions } from './settings';

type Options = RunOptions & CreateOptions;

/** Adds `schedule create`. */
export function addCreate(parent: Command): void {
  addRunOptions(parent.command('create').argument('<RUN>', 'run that delivered the skill'))
    .description("measure a run's skill again on its held-out tasks, on a schedule")
    .option('--name <NAME>', 'name of the schedule (default: that of the run)', checkRunName)
    .requiredOption('--cron <EXPRESSION>', 'when to look: minute hour day month weekday; repeatable', repeated)
    .option('--timezone <ZONE>', 'time zone of --cron, as Europe/Paris', 'UTC')
    .option('--on-model-change', 'a look asks one task who answers, and measures the rest for another model only')
    .option('--model <NAME>', "executor to measure with, instead of the run's")
    .option('--level <P>', 'two-sided level of the sign test that tells a drop', share(false), 0.05)
    .option('--min-drop <SHARE>', 'drop as a share of the tasks that is let pass below it', share(true), 0.05)
    .option('--budget-usd <N>', 'cap on the cost of a look in USD', positiveNumber)
    .option('--budget-calls <N>', 'cap on its model calls', wholeNumber(1))
    .option('--budget-tokens <N>', 'cap on its tokens', wholeNumber(1))
    .option('--budget-hours <N>', 'cap on its hours', positiveNumber)
    .option('--optimise', "start an optimisation after a drop, with the run's own settings and caps")
    .option('--optimise-usd <N>', 'the same, with this cap in USD', positiveNumber)
    .option('--optimise-calls <N>', 'the same, with this cap on model calls', wholeNumber(1))
    .option('--optimise-tokens <N>', 'the same, with this cap on tokens', wholeNumber(1))
    .option('--optimise-hours <N>', 'the same, with this cap on hours of work', positiveNumber)
    .option('--catch-up-hours <N>', 'make up for looks that a server which was down has missed', wholeNumber(0), 24)
    .option('--yes', 'spend without caps')
    .addHelpText(
      'after',
      examples(
        ['schedule create my-run --cron "0 6 * * 1" --budget-usd 2', 'each Monday at six; a drop is told'],
        ['schedule create my-run --cron "0 * * * *" --on-model-change --budget-usd 2', 'hourly, by one task'],
        [
          'schedule create my-run --cron "@daily" --budget-usd 2 --optimise-usd 20 --level 0.01',
          'a drop that is significant at 1 % starts an optimisation of at most 20 USD',
        ],
      ),
    )
    .action(create);
}

function repeated(given: string, before: string[] | undefined): string[] {
  return [...(before ?? []), given];
}

async function create(run: string, options: Options): Promise<void> {
  const output = terminal(options);
  const home = skillgradHome();
  const { env } = process;
  const record = await readRunRecord(home, run);
  const { server, searchable } = await openServer(
    chooseServer(options, env, record?.server ?? null),
    ...[home, env, output],
  );
  const { client, connection } = await connectClient(server);
  try {
    const description = await describeRun(client, run);
    checkEnded(description);
    const { settings, benchmark } = await settingsOf(home, await readRunResult(client, run, home), options, searchable);
    const name = settings.name;
    const memo: ScheduleMemo = {
      ...{ taskQueue: description.taskQueue, origin: run, cron: options.cron, timezone: options.timezone },
    };
    await createOnServer(client, settings, memo, benchmark, options.catchUpHours);
    await ensureServed({ home, server, output }, run);
    const { model, rule, caps, optimise } = settings;
    output.text(`Schedule ${name} looks at the skill of run ${run} with ${model}: "${options.cron.join('", "')}".`);
    output.text(`A look takes ${budgetText(caps)} at most; a drop counts from a level of ${rule.level} and`);
    output.text(
      `${rule.minDrop * 100} % of the tasks on, and ${optimise === null ? 'is told' : 'starts an optimisation'}.`,
    );
    output.text(`\`skillgrad schedule trigger ${name}\` takes a look now.`);
    output.data({ name, settings, ...memo });
  } finally {
    await connection.close();
  }
}

async function createOnServer(
  client: Client,
  settings: Awaited<ReturnType<typeof settingsOf>>['settings'],
  memo: ScheduleMemo,
  benchmark: string,
  catchUpHours: number,
): Promise<void> {
  const { name, origin, skillName: skill, model, searchable } = settings;
  try {
    await client.schedule.create({
      scheduleId: name,
      spec: { cronExpressions: memo.cron, timezone: memo.timezone },
      // A look that still runs, or waits on a fault, is not joined by another. One that fails stops the schedule.
      policies: { overlap: 'SKIP', catchupWindow: Math.max(10, catchUpHours * 3600) * 1000, pauseOnFailure: true },
      action: {
        type: 'startWorkflow',
        workflowType: 'reevaluate',
        workflowId: `look-${name}`,
        taskQueue: memo.taskQueue,
        args: [settings],
        memo: { origin, schedule: name },
        staticSummary: `the skill ${skill} of run ${origin}, measured again with ${model}`,
        ...(searchable
          ? { typedSearchAttributes: startingAttributes({ skill, benchmark, model, stage: 'prepare', origin }) }
          : {}),
      },
      memo,
    });
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) {
      throw new UserError(
        `A schedule named ${name} exists already. Choose another --name, or \`skillgrad schedule delete ${name}\` first.`,
        2,
        { cause: error },
      );
    }
    // The client's way to say that the server refuses the times.
    if (error instanceof TypeError) {
      throw new UserError(
        `--cron or --timezone: the server refuses "${memo.cron.join('", "')}" in ${memo.timezone} (${error.message}). ` +
          'Give minute, hour, day, month and weekday, as "0 6 * * 1", and a zone like Europe/Paris. Nothing was created.',
        2,
        { cause: error },
      );
    }
    throw error;
  }
}
