import type { Command } from 'commander';
import { addRunOptions, withRun, type RunOptions } from './runs/open-run';
import { boundTo, pendingReview } from './runs/pending-review';
import { steerRun } from './runs/steer-run';
import { examples } from './terminal/examples';

interface DecideOptions extends RunOptions {
  digest?: string;
  note?: string;
}

/** Adds `approve` and `reject`. */
export function addDecide(root: Command): void {
  addRunOptions(root.command('approve').argument('<RUN>', 'name of the run'))
    .description('accept the patch that waits for a review')
    .option('--digest <DIGEST>', 'of the candidate that you mean, as `review` shows it; another one is refused')
    .option('--note <TEXT>', 'why; kept in the history')
    .addHelpText('after', examples(['approve my-run --digest 1a2b3c4d5e6f', 'takes exactly what `review` has shown']))
    .action((run: string, options: DecideOptions) => decide(run, 'approve', options));
  addRunOptions(root.command('reject').argument('<RUN>', 'name of the run'))
    .description('leave out the patch that waits for a review; the next patch is shown why')
    .requiredOption('--note <TEXT>', 'why; kept in the history and shown to the patcher')
    .option('--digest <DIGEST>', 'of the candidate that you mean, as `review` shows it; another one is refused')
    .addHelpText('after', examples(['reject my-run --note "names a customer"', 'the patcher reads the note']))
    .action((run: string, options: DecideOptions) => decide(run, 'reject', options));
}

async function decide(run: string, update: 'approve' | 'reject', options: DecideOptions): Promise<void> {
  await withRun(run, options, async (open) => {
    const { pending } = await pendingReview(open);
    const candidate = boundTo(pending, options.digest);
    const control = await steerRun(open.client, run, { update, candidate }, options.note);
    const what = update === 'approve' ? 'is accepted' : 'is left out';
    const then = control.paused ? `stays paused: \`skillgrad resume ${run}\` goes on` : 'goes on';
    open.output.text(`The patch of step ${pending.step} ${what} (${candidate.slice(7, 19)}); run ${run} ${then}.`);
    open.output.data({ run, step: pending.step, candidate, decision: update, control });
  });
}
