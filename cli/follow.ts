import { join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { connectClient } from '../workers/connection';
import { skillgradHome, type Home } from '../workers/home';
import { announceReady } from '../workers/processes';
import { readState, writeState } from '../workers/state-file';
import { followRun } from './runs/follow-run';
import { onInterruption } from './runs/interruption';
import { describeRun } from './runs/open-run';
import { findServer } from './runs/open-server';
import { notify, noticeOf, type Notice } from './runs/notify';
import { readRunRecord, type RunRecord } from './runs/run-record';
import { readRunState } from './runs/run-state';
import { terminal } from './terminal/output';
import { UserError } from './terminal/user-error';

const pollMs = 1000;
/** A run is started right after its follower. */
const startPatienceMs = 60_000;

/** What was told last, so that a follower that is started again doesn't repeat it. */
const Told = z.object({ key: z.string() });

/** Adds the hidden `follow`: the process that runs `--notify`. */
export function addFollow(root: Command): void {
  root
    .command('follow', { hidden: true })
    .argument('<RUN>', 'name of a run that was started from here')
    .description('run what --notify names when the run pauses, meets a fault or ends; started by other commands')
    .action(follow);
}

async function follow(run: string): Promise<void> {
  const home = skillgradHome();
  const output = terminal({ json: false });
  const record = await readRunRecord(home, run);
  if (record === null) throw new UserError(`Run ${run} was not started from ${home.root}.`);
  const interruption = onInterruption();
  const server = await findServer(record.server, home, process.env);
  const { client, connection } = await connectClient(server);
  await announceReady(home, {});
  const tell = teller(home, record, output.note);
  try {
    await untilStarted(() => describeRun(client, run), interruption.signal);
    const look = async (): Promise<void> => {
      const description = await describeRun(client, run);
      await tell(noticeOf(run, await readRunState(client, description)));
    };
    await followRun(
      client,
      run,
      pollMs,
      {
        onProgress: () => undefined,
        betweenLooks: look,
      },
      interruption.signal,
    );
    // The end, or whatever came just before this process was told to end.
    await look();
  } finally {
    await connection.close();
    interruption.release();
  }
}

/** Runs all that `--notify` names for a notice, once for each state of the run that is worth one. */
function teller(home: Home, record: RunRecord, log: (line: string) => void): (notice: Notice | null) => Promise<void> {
  const path = join(home.runs, 'notified', `${record.run}.json`);
  let known: string | null = null;
  return async (notice) => {
    known ??= (await readState(path, Told))?.key ?? '';
    const key = notice === null ? '' : `${notice.event} ${notice.message}`;
    if (key === known) return;
    if (notice !== null) {
      log(`${new Date().toISOString()} ${notice.event}: ${notice.message}`);
      await Promise.all(record.notify.map((target) => notify(target, notice, process.env, log)));
    }
    // Afterwards: should this process die in between, the notice comes twice rather than never.
    known = key;
    await writeState(path, { key } satisfies z.infer<typeof Told>);
  };
}

async function untilStarted(look: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  const deadlineMs = Date.now() + startPatienceMs;
  for (;;) {
    try {
      await look();
      return;
    } catch (error) {
      if (!(error instanceof UserError) || Date.now() > deadlineMs || signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
}
