import type { Command } from 'commander';
import { addRunOptions, withRun, type RunOptions } from './runs/open-run';
import { steerRun } from './runs/steer-run';
import { examples } from './terminal/examples';

/** Adds `pause`. */
export function addPause(root: Command): void {
  addRunOptions(root.command('pause').argument('<RUN>', 'name of the run'))
    .description('pause a run: calls under way end and are kept, no other begins')
    .option('--note <TEXT>', 'why; kept in the history')
    .addHelpText(
      'after',
      examples(
        ['pause demo-20260101-120000', 'pauses it, for days if need be'],
        ['pause my-run --note "the key is being rotated"', 'the history says who paused it and why'],
      ),
    )
    .action((run: string, options: RunOptions & { note?: string }) =>
      withRun(run, options, async ({ client, output }) => {
        const control = await steerRun(client, run, { update: 'pause' }, options.note);
        output.text(`Run ${run} is paused. Go on with \`skillgrad resume ${run}\`.`);
        output.data({ run, control });
      }),
    );
}
