import type { Command } from 'commander';
import { settingsLine } from '../records/settings';
import { addRunOptions, type OpenRun, type RunOptions } from './runs/open-run';
import { firstStart } from './runs/first-start';
import { originOf, originText } from './runs/origin';
import { retriesText } from './runs/retries';
import {
  cancelledBy,
  phaseExitCode,
  readCancelled,
  readRunResult,
  readRunState,
  type RunState,
} from './runs/run-state';
import { cancelledLines, showStoredStatus } from './runs/stored-status';
import { withRunOrCopy } from './runs/stored-run';
import { standstillOf } from './runs/standstill';
import { stuckText } from './runs/stuck';
import { divergenceTexts, keptHistoriesOf } from './runs/verified-histories';
import { workersOf, workerText } from './runs/worker-list';
import { examples } from './terminal/examples';
import { pauseText, progressLine, stepLine } from './terminal/progress-text';
import { measuredText } from './terminal/result-text';

/** Adds `status`. */
export function addStatus(root: Command): void {
  addRunOptions(root.command('status').argument('<RUN>', 'name of the run'))
    .description('say where a run stands; exit code 0: ended (however), 3: running, 4: paused')
    .addHelpText(
      'after',
      examples(
        ['status my-run', 'where it stands, and why it waits if it does'],
        ['status my-run --json', 'the same as JSON'],
        ['status my-run; [ $? -eq 4 ] && echo paused', 'in a script'],
      ),
    )
    .action((run: string, options: RunOptions) => withRunOrCopy(run, options, showStatus, showStoredStatus));
}

async function showStatus({ run, home, output, client, description }: OpenRun): Promise<void> {
  const state = await readRunState(client, description);
  const result = state.phase === 'ended' ? await readRunResult(client, run, home) : null;
  const origin = originOf(description);
  const cancelled = state.phase === 'cancelled' ? await readCancelled(description, home) : null;
  output.text(
    `Run ${run}: ${phaseText(state)}${cancelledBy(cancelled)}${origin === null ? '' : `; ${originText(origin)}`}`,
  );
  if (cancelled !== null) cancelledLines(cancelled).forEach(output.text);
  if (result !== null) measuredText(result).forEach(output.text);
  for (const settings of (state.progress ?? cancelled)?.settings ?? []) output.text(`Set ${settingsLine(settings)}`);
  const startedAt = await firstStart(client, home, description);
  const { progress } = state;
  const open = state.phase === 'running' || state.phase === 'paused';
  const { stuck, retries: underWay } = open ? await standstillOf(client, run) : { stuck: null, retries: null };
  const retries = state.phase === 'running' ? underWay : null;
  if (progress !== null) {
    for (const step of progress.history) output.text(stepLine(step));
    output.text(progressLine(progress, Date.now() - startedAt.getTime(), Infinity));
    for (const warning of progress.warnings) output.warn(warning);
    if (progress.pause !== null) output.text(pauseText(progress.pause, run));
    if (retries !== null) output.text(retriesText(retries));
  } else if (open && stuck === null) {
    output.text(`No worker answers. \`skillgrad resume ${run}\` starts server and worker again.`);
  }
  if (stuck !== null) output.warn(stuckText(stuck, run));
  const workers = open ? await workersOf(home, description.taskQueue, Date.now()) : [];
  const quarantined = progress?.quarantined ?? [];
  if (quarantined.length > 0) output.text(`In quarantine: ${quarantined.join(', ')}`);
  workers.forEach((worker) => output.text(workerText(worker, workers)));
  const histories = await keptHistoriesOf(home, run);
  divergenceTexts(histories).forEach(output.warn);
  output.data({
    run,
    origin,
    ...state,
    histories,
    retries,
    stuck,
    workers,
    startedAt,
    endedAt: description.closeTime ?? null,
    result,
    cancelled,
  });
  process.exitCode = phaseExitCode[state.phase];
}

function phaseText({ phase, status, waitsFor }: RunState): string {
  if (phase === 'failed') return `ended as ${status}, without a result`;
  return waitsFor === null ? phase : `${phase} (${waitsFor})`;
}
