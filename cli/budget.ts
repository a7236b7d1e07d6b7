import type { Command } from 'commander';
import { addRunOptions, withRun, type RunOptions } from './runs/open-run';
import { steerRun } from './runs/steer-run';
import { examples } from './terminal/examples';
import { positiveNumber, wholeNumber } from './terminal/numbers';
import { UserError } from './terminal/user-error';
import { budgetText } from './terminal/progress-text';

interface BudgetOptions extends RunOptions {
  addUsd?: number;
  addCalls?: number;
  addTokens?: number;
  addHours?: number;
  note?: string;
}

/** Adds `budget`. */
export function addBudget(root: Command): void {
  addRunOptions(root.command('budget').argument('<RUN>', 'name of the run'))
    .description('raise the caps of a run; one that waits for its budget goes on by itself')
    .option('--add-usd <N>', 'USD to add to the cap on cost', positiveNumber)
    .option('--add-calls <N>', 'calls to add to the cap on calls', wholeNumber(1))
    .option('--add-tokens <N>', 'tokens to add to the cap on tokens', wholeNumber(1))
    .option('--add-hours <N>', 'hours to add to the time that the run may work', positiveNumber)
    .option('--note <TEXT>', 'why; kept in the history')
    .addHelpText(
      'after',
      examples(
        ['budget my-run --add-usd 5', 'raises the cap by 5 USD'],
        ['budget my-run --add-calls 200 --note "approved by Kim"', 'the history says who raised it and why'],
      ),
    )
    .action(raiseBudget);
}

async function raiseBudget(run: string, options: BudgetOptions): Promise<void> {
  const { addUsd, addCalls, addTokens, addHours, note } = options;
  if ([addUsd, addCalls, addTokens, addHours].every((given) => given === undefined)) {
    throw new UserError('Say what to add: --add-usd N, --add-calls N, --add-tokens N or --add-hours N.', 2);
  }
  const add = {
    ...(addUsd === undefined ? {} : { costUsd: addUsd }),
    ...(addCalls === undefined ? {} : { calls: addCalls }),
    ...(addTokens === undefined ? {} : { tokens: addTokens }),
    ...(addHours === undefined ? {} : { hours: addHours }),
  };
  await withRun(run, options, async ({ client, output }) => {
    const control = await steerRun(client, run, { update: 'addBudget', add }, note);
    output.text(`Run ${run} may spend up to ${budgetText(control.caps)} in all.`);
    output.data({ run, control });
  });
}
