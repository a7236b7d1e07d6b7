import { resolve } from 'node:path';
import type { Command } from 'commander';
import { deliverBestSoFar, writeBest, type BestWritten } from './runs/deliver-best';
import { deliverResult, deliverRun, type DeliveredRun } from './runs/deliver-run';
import { addRunOptions, type OpenRun, type RunOptions } from './runs/open-run';
import { withRunOrCopy, type StoredRun } from './runs/stored-run';
import { checkTarget } from './runs/write-folder';
import { examples } from './terminal/examples';
import type { Output } from './terminal/output';
import { resultText } from './terminal/result-text';

interface ResultOptions extends RunOptions {
  out: string;
}

const historiesPatienceMs = 10_000;

/** Adds `result`. */
export function addResult(root: Command): void {
  addRunOptions(root.command('result').argument('<RUN>', 'name of the run'))
    .description('write the result of a run into a folder; of an unfinished run, the best version so far')
    .requiredOption('--out <DIR>', 'new or empty folder')
    .addHelpText(
      'after',
      '\nThe folder gets the skill under its own name, result.json, skill.diff, momentum.md and the histories.\n' +
        examples(
          ['result my-run --out best', 'writes it into the new folder best'],
          ['result my-run --out best --json | jq .written.skill', 'where the skill lies'],
        ),
    )
    .action(async (run: string, options: ResultOptions) => {
      await checkTarget(resolve(options.out));
      await withRunOrCopy(
        run,
        options,
        (open) => writeRunResult(open, options.out),
        (stored) => writeStoredResult(stored, options.out),
      );
    });
}

async function writeRunResult({ run, home, output, client, description }: OpenRun, out: string): Promise<void> {
  if (description.status.name === 'COMPLETED') {
    showDelivered(run, await deliverRun(client, home, run, out, historiesPatienceMs, output), output);
    return;
  }
  const status = description.status.name;
  showBest(run, status, await deliverBestSoFar(client, home, run, status, out), output);
}

async function writeStoredResult({ run, home, output, store, result, cancelled }: StoredRun, out: string) {
  if (result !== null) showDelivered(run, await deliverResult(null, home, result, out, 0, output), output);
  else showBest(run, 'CANCELLED', await writeBest(store, run, 'CANCELLED', cancelled, out), output);
}

function showDelivered(run: string, delivered: DeliveredRun, output: Output): void {
  output.text(resultText(delivered, null));
  output.data({ run, finished: true, written: delivered.written, result: delivered.result });
}

function showBest(run: string, status: string, { written, changed }: BestWritten, output: Output): void {
  output.text(`Run ${run} has not delivered yet (${status.toLowerCase()}): this is its best so far,`);
  output.text(
    changed
      ? 'as the last gate left it; it has not been confirmed and not been measured on held-out tasks.'
      : 'the seed: no patch has been accepted yet.',
  );
  output.text(`Skill        ${written.skill}`);
  output.text(`Report data  ${written.report}`);
  if (changed && written.diff !== null) output.text(`Diff         ${written.diff}`);
  output.data({ run, finished: false, changed, written });
}
