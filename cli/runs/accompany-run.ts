import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { activeSchedules } from '../../workers/schedules';
import { isAlive, type ProcessIdentity } from '../../workers/process-identity';
import { readProcess } from '../../workers/processes';
import type { Home } from '../../workers/home';
import type { ServerAddress } from '../../workers/connection';
import type { Output } from '../terminal/output';
import { progressDisplay } from '../terminal/progress-display';
import { describeError, UserError } from '../terminal/user-error';
import { followRun } from './follow-run';
import { onInterruption } from './interruption';
import { ensureRunProcesses, processNames, stopRunProcesses } from './run-processes';
import { readRunRecord, type RunRecord } from './run-record';
import { tellStandstill } from './standstill';
import { runsBeside } from './shared-worker';
import { steerRun } from './steer-run';

/** A run that this command answers for: it keeps its processes up, and stops them when it is interrupted. */
export interface OwnRun {
  home: Home;
  client: Client;
  server: ServerAddress;
  record: RunRecord;
  env: NodeJS.ProcessEnv;
  output: Output;
}

const pollMs = 500;
/** Restarts of a process that keeps dying before it is left to the user; one that held this long starts afresh. */
const restartLimit = 5;
const healthyMs = 10 * 60_000;

/**
 * Follows a run with live progress until it has ended. Processes of it that die are started again. On Ctrl-C the run is
 * paused, its processes are stopped if no other run needs them, and it is said how to go on.
 *
 * @returns the run's description at its end, or null when it was interrupted (the exit code is set then)
 */
export async function accompanyRun(own: OwnRun): Promise<WorkflowExecutionDescription | null> {
  const { client, record, output } = own;
  const { run } = record;
  const stream = output.json ? process.stderr : process.stdout;
  const display = progressDisplay(stream, Date.parse(record.startedAt));
  const interruption = onInterruption();
  try {
    const ended = await followRun(
      client,
      run,
      pollMs,
      {
        onProgress: display.show,
        onStall: () => tellStandstill(client, run, display.line),
        onSilence: () => display.line('No worker answers at the moment; still waiting.'),
        onAway: () => display.line('The Temporal server is away; the run goes on when it is back.'),
        betweenLooks: keepProcesses(own, display.line),
      },
      interruption.signal,
    );
    display.end();
    if (ended === null) {
      await standDown(own);
      process.exitCode = interruption.exitCode() ?? 1;
    }
    return ended;
  } finally {
    display.end();
    interruption.release();
  }
}

function keepProcesses({ home, record, server, env, output }: OwnRun, line: (text: string) => void) {
  let restarts = 0;
  let restartedMs = 0;
  let known: (ProcessIdentity | null)[] = [];
  const { worker, simulator, follower } = processNames(record);
  const names = [worker, simulator, record.notify.length > 0 ? follower : null].filter((name) => name !== null);
  return async (): Promise<void> => {
    if (known.length > 0 && known.every(isAlive)) return;
    // Another command may have put a process of its own in the place of one.
    known = await Promise.all(names.map((name) => readProcess(home, name)));
    if (known.every(isAlive)) return;
    if (Date.now() - restartedMs > healthyMs) restarts = 0;
    if (restarts >= restartLimit) {
      throw new UserError(
        `The processes of run ${record.run} keep ending; see the logs in ${home.logs}. ` +
          `Mend the cause, then \`skillgrad resume ${record.run}\`: nothing of the run is lost.`,
      );
    }
    restarts += 1;
    restartedMs = Date.now();
    line('A process of this run has ended; starting it again.');
    // Its rate limits may have been set anew.
    const current = (await readRunRecord(home, record.run)) ?? record;
    await ensureRunProcesses(home, current, server, env, { ...output, note: line });
  };
}

/** Pauses the run and stops what only it needs; what fails is said, since the way on is the same. */
async function standDown(own: OwnRun): Promise<void> {
  const { client, home, record, output } = own;
  const { run } = record;
  output.text(`\nInterrupted: pausing run ${run} (Ctrl-C again leaves it as it is).`);
  let paused = true;
  try {
    await steerRun(client, run, { update: 'pause' }, 'interrupted', 5000);
  } catch (error) {
    paused = false;
    output.warn(describeError(error));
  }
  if (await othersRun(own)) output.note('Worker and simulated model stay up: other runs or schedules use them.');
  else await stopRunProcesses(home, record);
  output.text(
    `Run ${run} ${paused ? 'is paused' : 'stands still'}; nothing of it is lost. Go on with:\n` +
      `  skillgrad resume ${run}            in the background\n` +
      `  skillgrad resume ${run} --watch    with its progress`,
  );
}

/** Stops worker, simulator and follower of a run that has ended, unless another open run or a schedule uses them. */
export async function stopIdleProcesses(own: Pick<OwnRun, 'client' | 'home' | 'record'>): Promise<void> {
  if (!(await othersRun(own))) await stopRunProcesses(own.home, own.record);
}

async function othersRun({ client, record }: Pick<OwnRun, 'client' | 'record'>): Promise<boolean> {
  if ((await activeSchedules(client, record.taskQueue)).length > 0) return true;
  return (await runsBeside(client, record)).length > 0;
}
