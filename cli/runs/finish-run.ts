import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { RunResult } from '../../records/progress';
import { resultText } from '../terminal/result-text';
import { stopIdleProcesses, type OwnRun } from './accompany-run';
import { deliverRun, freeResultFolder } from './deliver-run';
import { checkEnded } from './run-state';
import type { RunRecord } from './run-record';
import type { WrittenResult } from './write-result';

const historiesPatienceMs = 20_000;

/**
 * The end of a run that a command answers for: its result is written and shown, and processes that no other run needs
 * are stopped.
 *
 * @param out where the result goes; null: a new folder under the home's `results/`
 * @param uiUrl the run's page in the Temporal UI, where we know it
 * @throws UserError when the run has ended otherwise than well
 */
export async function finishRun(
  own: OwnRun,
  ended: WorkflowExecutionDescription,
  out: string | null,
  uiUrl: string | null,
): Promise<{ elapsedMs: number; written: WrittenResult; result: RunResult }> {
  const { client, home, record, output } = own;
  const { run } = record;
  try {
    checkEnded(ended);
    const folder = out ?? (await freeResultFolder(home, run));
    const delivered = await deliverRun(client, home, run, folder, historiesPatienceMs, output);
    const elapsedMs = (ended.closeTime ?? new Date()).getTime() - Date.parse(record.startedAt);
    output.text(`\n${resultText(delivered, elapsedMs)}`);
    closingText(record, uiUrl).forEach(output.text);
    return { elapsedMs, written: delivered.written, result: delivered.result };
  } finally {
    await stopIdleProcesses(own);
  }
}

function closingText(record: RunRecord, uiUrl: string | null): string[] {
  return [
    ...(uiUrl === null ? [] : [`Temporal UI  ${uiUrl}`]),
    ...(record.simulator === null ? [] : ['', 'The model was simulated: these scores mean nothing about a real one.']),
    ...(record.server.kind !== 'embedded'
      ? []
      : [
          '',
          'The Temporal server stays up, so that its UI goes on working:',
          '  skillgrad server stop     stops it; all runs are kept',
          '  skillgrad server start    opens it again',
        ]),
  ];
}
