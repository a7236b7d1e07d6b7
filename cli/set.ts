import type { Command } from 'commander';
import { z } from 'zod';
import { RunConfig } from '../records/run-config';
import { describeChange, withChange } from '../records/settings';
import { addFlagsOf, readSettings } from './options/read-settings';
import { changeOf, fixed, settable } from './options/settings-change';
import { argumentOf } from './runs/history-events';
import { addRunOptions, withRun, type OpenRun, type RunOptions } from './runs/open-run';
import { chooseServer, findServer } from './runs/open-server';
import { checkOwnWorker } from './runs/own-worker';
import { askProgress } from './runs/progress-query';
import { checkKey, ensureRunProcesses } from './runs/run-processes';
import { writeRunRecord, type RunRecord } from './runs/run-record';
import { steerRun } from './runs/steer-run';
import { examples } from './terminal/examples';

interface SetOptions extends RunOptions {
  note?: string;
}

/** Adds `set`. */
export function addSet(root: Command): void {
  const command = addFlagsOf(root.command('set').argument('<RUN>', 'name of the run'), [...settable, ...fixed]);
  // They are known so that they can be refused with the way round.
  for (const option of command.options) if (fixed.some((name) => option.long === `--${name}`)) option.hideHelp();
  addRunOptions(command)
    .description('change settings of a run: from the next step on, or from its next stage where that is no epoch')
    .option('--note <TEXT>', 'why; kept in the history')
    .addHelpText(
      'after',
      '\nConcurrency holds at once for all tasks that begin (a worker takes 16 at a time unless told otherwise). After a' +
        '\nchange of the model of the executor the gate measures the current version anew, on the same samples; base' +
        '\nrollouts stay as they are. Rate limits restart the own worker of the run, which loses nothing.\n' +
        examples(
          ['set my-run --concurrency 12', 'more tasks at a time'],
          ['set my-run --model patcher=gpt-5 --note "patches are too timid"', 'the history says who set it and why'],
          ['set my-run --model executor=my-model --price my-model=0.2/0.8', 'a model without a known price'],
          ['set my-run --edits 2 --patience never', 'smaller steps, and no early stop'],
          ['set my-run --rpm 60 --tpm 100000', 'within the limits of another account'],
        ),
    )
    .action((run: string, options: SetOptions) => withRun(run, options, (open) => setSettings(open, options)));
}

async function setSettings(open: OpenRun, options: SetOptions): Promise<void> {
  const { run, home, client, output } = open;
  const settings = await readSettings({ ...options });
  const before = await settingsNow(open);
  const change = changeOf(settings, before);
  const limits = change.rpm !== undefined || change.tpm !== undefined;
  const record = limits ? await checkOwnWorker(home, client, run, open.record) : null;
  if (record !== null) checkKey(record, process.env);
  const control = await steerRun(client, run, { update: 'set', add: { change } }, options.note);
  if (record !== null) {
    const { rpm = record.rpm, tpm = record.tpm } = change;
    await restartWorker(open, { ...record, rpm, tpm }, options);
  }
  const changed = describeChange(change, before);
  output.text(`Run ${run}, from its next step on: ${changed.join(', ')}.`);
  if (change.concurrency !== undefined) output.text('The concurrency holds at once for what begins now.');
  if (record !== null) output.text('Its worker has been started again with these rate limits.');
  output.data({ run, changed, control });
}

/** What the run goes by, with all that has been set before. */
async function settingsNow({ client, run }: OpenRun): Promise<RunConfig> {
  const { events } = await client.workflow.getHandle(run).fetchHistory();
  const { config } = z.object({ config: RunConfig }).parse(argumentOf(events ?? []));
  const set = (await askProgress(client, run))?.settings ?? [];
  return set.reduce((now, { change }) => withChange(now, change), config);
}

/** The worker drains and ends by SIGTERM; another one takes up what is under way from its journals. */
async function restartWorker({ home, output }: OpenRun, record: RunRecord, options: SetOptions): Promise<void> {
  const { env } = process;
  // Whoever keeps the run's processes up reads the limits from there.
  await writeRunRecord(home, record);
  const server = await findServer(chooseServer(options, env, record.server), home, env);
  await ensureRunProcesses(home, record, server, env, output);
}
