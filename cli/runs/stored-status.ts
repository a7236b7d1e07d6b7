import { RunPlan } from '../../records/plan';
import type { CancelledRun } from '../../records/progress';
import { settingsLine } from '../../records/settings';
import { spendingText, stepLine } from '../terminal/progress-text';
import { measuredText } from '../terminal/result-text';
import { originText } from './origin';
import { cancelledBy, phaseExitCode } from './run-state';
import type { StoredRun } from './stored-run';
import { divergenceTexts, keptHistoriesOf } from './verified-histories';

/** Where a cancelled run stood, and what can be had of it. */
export function cancelledLines({ run, steps, stage, spending }: CancelledRun): string[] {
  return [
    ...steps.map(stepLine),
    `It stood at ${stage}; ${spendingText(spending)}.`,
    `\`skillgrad result ${run} --out DIR\` writes its best version so far.`,
  ];
}

/** What `status` says of a run that its server can't be asked about: how it ended, as far as the store knows. */
export async function showStoredStatus(stored: StoredRun): Promise<void> {
  const { run, home, output, store, startedAt, result, cancelled } = stored;
  const { origin } = await store.getJson(RunPlan, (result ?? cancelled).plan);
  const phase = result === null ? 'cancelled' : 'ended';
  const from = origin === null ? '' : `; ${originText(origin)}`;
  output.text(`Run ${run}: ${phase}${cancelledBy(cancelled)}, as far as the store knows${from}`);
  if (cancelled !== null) {
    cancelledLines(cancelled).forEach(output.text);
    for (const settings of cancelled.settings) output.text(`Set ${settingsLine(settings)}`);
  } else measuredText(result).forEach(output.text);
  const histories = await keptHistoriesOf(home, run);
  divergenceTexts(histories).forEach(output.warn);
  const status = result === null ? 'CANCELLED' : 'COMPLETED';
  output.data({
    ...{ run, origin, phase, status, progress: null, histories, retries: null, stuck: null, workers: [] },
    ...{ startedAt, endedAt: null, result, cancelled },
  });
  process.exitCode = phaseExitCode[phase];
}
