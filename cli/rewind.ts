import type { Command } from 'commander';
import { withOrigin, type OpenOrigin } from './runs/open-origin';
import { addRunOptions, type RunOptions } from './runs/open-run';
import { rewindRun } from './runs/rewind-run';
import { checkKey, ensureRunProcesses } from './runs/run-processes';
import { examples } from './terminal/examples';
import { wholeNumber } from './terminal/numbers';
import { spendingText } from './terminal/progress-text';

interface RewindOptions extends RunOptions {
  epoch: number;
  note?: string;
}

/** Adds `rewind`. */
export function addRewind(root: Command): void {
  addRunOptions(root.command('rewind').argument('<RUN>', 'name of the run'))
    .description("take a run back to the start of an epoch by Temporal's reset; it goes on from there at once")
    .requiredOption('--epoch <N>', 'epoch that begins again', wholeNumber(1))
    .option('--note <TEXT>', 'why; kept in the history')
    .addHelpText(
      'after',
      '\nPauses, budgets and stops that were given after that point are not applied again. What has been spent stays spent,' +
        '\nand finished work is not paid again. `fork` does the same as a new run, and can where the history is gone.\n' +
        examples(
          ['rewind my-run --epoch 2', 'begins the second epoch again'],
          ['rewind my-run --epoch 1 --note "the sandbox was broken"', 'the history says who did it and why'],
        ),
    )
    .action((run: string, options: RewindOptions) => withOrigin(run, options, (open) => rewind(open, options)));
}

async function rewind({ run, home, store, output, client, server, record }: OpenOrigin, options: RewindOptions) {
  const { epoch, note } = options;
  if (record !== null) {
    checkKey(record, process.env);
    await ensureRunProcesses(home, record, server, process.env, output);
  }
  const rewound = await rewindRun(client, store, run, epoch, note);
  const { discarded, undone, ended } = rewound;
  if (ended !== null) output.text(`${endedText(ended)}; it runs again.`);
  output.text(`Run ${run} goes on from the start of epoch ${epoch}. \`skillgrad watch ${run}\` shows its progress.`);
  output.text(`What is given up had cost ${spendingText(discarded)}; that stays spent.`);
  if (undone.length > 0) output.text(`No longer in force, since it was given after that point: ${undone.join('; ')}.`);
  output.data({ run, epoch, ...rewound });
}

function endedText(status: string): string {
  if (status === 'COMPLETED') return 'The run had ended, with a result';
  return status === 'CANCELLED' ? 'The run had been cancelled' : `The run had ended as ${status}, without a result`;
}
