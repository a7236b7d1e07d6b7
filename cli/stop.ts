import type { Command } from 'commander';
import { addRunOptions, withRun, type RunOptions } from './runs/open-run';
import { askProgress } from './runs/progress-query';
import { steerRun } from './runs/steer-run';
import { examples } from './terminal/examples';

/** Adds `stop`. */
export function addStop(root: Command): void {
  addRunOptions(root.command('stop').argument('<RUN>', 'name of the run'))
    .description('end a run early: it finishes its step, measures the best version so far and delivers it')
    .option('--note <TEXT>', 'why; kept in the history')
    .addHelpText(
      'after',
      '\nA patch that waits for a review is left out; `skillgrad approve` takes it before.\n' +
        examples(
          ['stop my-run', 'ends it in good order; the measurements at its end are still made'],
          ['result my-run --out best', 'takes the best version so far without waiting for that'],
        ),
    )
    .action((run: string, options: RunOptions & { note?: string }) =>
      withRun(run, options, async ({ client, output }) => {
        const waiting = (await askProgress(client, run))?.pause?.review ?? null;
        const control = await steerRun(client, run, { update: 'stop' }, options.note);
        if (waiting !== null) {
          output.text(`The patch of step ${waiting.step}, which waited for a review, is left out.`);
        }
        output.text(`Run ${run} finishes its step, then measures and delivers its best version.`);
        output.text(`\`skillgrad watch ${run}\` shows it, \`skillgrad result ${run} --out DIR\` writes the result.`);
        output.data({ run, leftOut: waiting, control });
      }),
    );
}
