import { existsSync } from 'node:fs';
import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import type { PauseReason } from '../records/control';
import { kindsOfRun } from '../store/inventory';
import { connectClient } from '../workers/connection';
import { skillgradHome, type Home } from '../workers/home';
import { accompanyRun } from './runs/accompany-run';
import { askProgress } from './runs/progress-query';
import { chooseServer, openServer } from './runs/open-server';
import { releaseTask } from './runs/release-task';
import { checkKey, ensureRunProcesses } from './runs/run-processes';
import { readRunRecord } from './runs/run-record';
import { finishRun } from './runs/finish-run';
import { cancelledBy, readCancelled } from './runs/run-state';
import { runUrl } from './runs/start-run';
import { steerRun } from './runs/steer-run';
import { addRunOptions, describeRun, type RunOptions } from './runs/open-run';
import { examples } from './terminal/examples';
import { terminal } from './terminal/output';
import { pauseText } from './terminal/progress-text';
import { UserError } from './terminal/user-error';

/** The word that goes down to the child that waits, and its answer back, take a moment. */
const relayMs = 10_000;

interface ResumeOptions extends RunOptions {
  watch?: boolean;
  note?: string;
  release?: string;
}

/** Adds `resume`. */
export function addResume(root: Command): void {
  addRunOptions(root.command('resume').argument('<RUN>', 'name of the run'))
    .description('go on with a run: starts its server, worker and simulated model again where they are down')
    .option('--watch', 'show its progress until it has ended, then its result')
    .option('--release <TASK>', 'let a task out of quarantine; what has been measured without it stays as it is')
    .option('--note <TEXT>', 'why; kept in the history')
    .addHelpText(
      'after',
      examples(
        ['resume my-run', 'goes on in the background'],
        ['resume my-run --watch', 'goes on, with its progress; Ctrl-C pauses it again'],
        ['resume my-run --note "new key"', 'after a fault that you have mended'],
        ['resume my-run --release 13-1 --note "more memory"', 'tries a task again that had killed its worker'],
      ),
    )
    .action(resumeRun);
}

/** What a run waits on when it is a budget or a review, by which alone it goes on; null once it moves. */
async function lastingPause(client: Client, run: string): Promise<PauseReason | null> {
  const deadlineMs = Date.now() + relayMs;
  for (;;) {
    const pause = (await askProgress(client, run))?.pause ?? null;
    if (pause?.kind !== 'budget.spent' && pause?.review === undefined) return null;
    if (Date.now() > deadlineMs) return pause;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function resumeRun(run: string, options: ResumeOptions): Promise<void> {
  const output = terminal(options);
  const home = skillgradHome();
  const { env } = process;
  const record = await readRunRecord(home, run);
  if (record === null && options.watch) {
    throw new UserError(
      `Run ${run} was not started from ${home.root}: \`skillgrad watch ${run}\` shows its progress.`,
      2,
    );
  }
  if (record !== null) checkKey(record, env);
  const choice = chooseServer(options, env, record?.server ?? null);
  if (choice.kind === 'embedded') await checkDatabase(home, run);
  const { server, uiUrl } = await openServer(choice, home, env, output);
  const { client, connection } = await connectClient(server);
  try {
    const description = await describeRun(client, run);
    if (description.status.name === 'RUNNING') {
      if (options.release !== undefined) {
        await releaseTask(home, run, options.release, options.note);
        output.text(`Task ${options.release} is out of quarantine.`);
      }
      if (record !== null) await ensureRunProcesses(home, record, server, env, output);
      await steerRun(client, run, { update: 'resume' }, noteOf(options), 30_000);
      const pause = await lastingPause(client, run);
      if (pause !== null) throw new UserError(`Run ${run} still waits: ${pauseText(pause, run)}`);
      output.text(`Run ${run} goes on.`);
    } else if (description.status.name === 'CANCELLED') {
      const who = cancelledBy(await readCancelled(description, home));
      throw new UserError(
        `Run ${run} was cancelled${who}: it can't be resumed. ` +
          `\`skillgrad result ${run} --out DIR\` writes its best version so far.`,
      );
    } else if (!options.watch) {
      const how = description.status.name === 'COMPLETED' ? '' : ` as ${description.status.name}`;
      throw new UserError(`Run ${run} has ended${how}: there is nothing to resume. See \`skillgrad result ${run}\`.`);
    }
    const page = uiUrl === null ? null : runUrl(uiUrl, server.namespace, run);
    if (page !== null) output.text(`Temporal UI  ${page}`);
    if (!options.watch || record === null) {
      output.text(`\`skillgrad watch ${run}\` shows its progress.`);
      output.data({ run, uiUrl: page });
      return;
    }
    const own = { home, client, server, record, env, output };
    const ended = await accompanyRun(own);
    if (ended === null) return;
    const finished = await finishRun(own, ended, null, page);
    output.data({ run, uiUrl: page, ...finished });
  } finally {
    await connection.close();
  }
}

/** Refuses to start an empty server for a run whose history another one has. */
async function checkDatabase(home: Home, run: string): Promise<void> {
  if (existsSync(home.temporal.database)) return;
  if (!/^[\w.-]+$/.test(run) || (await kindsOfRun(home.store, run)).length === 0) return;
  throw new UserError(
    `Run ${run} can't go on in ${home.root}: its store knows the run, but there is no server's database with its history. ` +
      '`skillgrad store restore FOLDER` brings one from a backup that was taken while the server stood still. ' +
      `Of a run that has ended, \`skillgrad result ${run} --out DIR\` writes the result without it.`,
  );
}

/** What the history keeps of a resume: which task it released, and why. */
function noteOf({ note, release }: ResumeOptions): string | undefined {
  if (release === undefined) return note;
  return `releases task ${release}${note === undefined ? '' : `: ${note}`}`;
}
