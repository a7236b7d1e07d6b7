import { resolve } from 'node:path';
import type { Command } from 'commander';
import { RunConfig } from '../records/run-config';
import { addFlagsOf, readSettings } from './options/read-settings';
import { withSettings } from './options/run-config';
import { checkRunName, type SettingName } from './options/run-settings';
import { accompanyRun } from './runs/accompany-run';
import { checkChanges, deriveRun, freeName } from './runs/derive-run';
import { finishRun } from './runs/finish-run';
import { recordFor, withOrigin, type OpenOrigin } from './runs/open-origin';
import { addRunOptions, type RunOptions } from './runs/open-run';
import { recordedEpoch } from './runs/recorded-epoch';
import { checkKey } from './runs/run-processes';
import { startRun } from './runs/start-run';
import { checkTarget } from './runs/write-folder';
import { examples } from './terminal/examples';
import { wholeNumber } from './terminal/numbers';

interface ForkOptions extends RunOptions {
  epoch: number;
  name?: string;
  out?: string;
  yes?: boolean;
  detach?: boolean;
}

/** Settings that a run may change under way: neither its tasks and their split, nor how they are scored. */
const changeable: SettingName[] = [
  ...(['model', 'seed', 'epochs', 'batch-size', 'concurrency', 'max-turns', 'patience', 'edits', 'guarded'] as const),
  ...(['gate', 'gate-tasks', 'gate-block', 'gate-accept', 'gate-refuse', 'gate-margin', 'gate-level'] as const),
  ...(['gate-samples', 'no-confirmation', 'slow-update', 'no-momentum', 'no-contrast', 'flat-patch'] as const),
  ...(['budget-usd', 'budget-calls', 'budget-tokens', 'max-hours', 'price'] as const),
];

/** Adds `fork`. */
export function addFork(root: Command): void {
  const command = root.command('fork').argument('<RUN>', 'name of the run');
  addFlagsOf(command, changeable);
  addRunOptions(command)
    .description('go on from the start of an epoch of a run as a new run, with other settings or the same')
    .requiredOption('--epoch <N>', 'epoch that it begins with', wholeNumber(1))
    .option('--name <NAME>', 'name of the new run (default: RUN-fork-1 and so on)', checkRunName)
    .option('--yes', 'spend without a budget')
    .option('--out <DIR>', 'new or empty folder for the result (default: one under SKILLGRAD_HOME)')
    .option('--detach', 'start the run and return; `skillgrad watch NAME` shows it')
    .addHelpText(
      'after',
      '\nIt begins with what was recorded of the epoch and keeps the tasks; what has the same inputs is not paid again.' +
        '\nThe run that it comes from is left as it is, and need not be on the server any more.\n' +
        examples(
          [
            'fork my-run --epoch 2 --model patcher=gpt-5 --budget-usd 10',
            'from the second epoch on with another patcher',
          ],
          ['fork my-run --epoch 1 --name slower --edits 2 --detach', 'the whole optimisation with fewer edits a step'],
        ),
    )
    .action((run: string, options: ForkOptions) => withOrigin(run, options, (origin) => forkRun(origin, options)));
}

async function forkRun(origin: OpenOrigin, options: ForkOptions): Promise<void> {
  const { run, home, store, output, client } = origin;
  const { env } = process;
  const settings = await readSettings({ ...options });
  const out = options.out === undefined ? null : resolve(options.out);
  if (out !== null) await checkTarget(out);
  const known = await recordedEpoch(client, store, run, options.epoch);
  const record = recordFor(origin, known);
  checkKey(record, env);
  const changes = { config: RunConfig.parse(withSettings(known.plan.config, settings)), seeds: known.plan.seeds };
  checkChanges(known, changes, options.yes === true);
  const name = options.name ?? (await freeName(client, store, run, 'fork'));
  const started = await startRun(home, await deriveRun(store, known, 'fork', name, changes, record), env, output);
  const { uiUrl } = started;
  try {
    output.text(`Run ${name} goes on from the start of epoch ${options.epoch} of ${run}.`);
    if (uiUrl !== null) output.text(`Temporal UI  ${uiUrl}`);
    if (options.detach) {
      output.text(`It goes on in the background: \`skillgrad watch ${name}\` shows its progress.`);
      output.data({ run: name, uiUrl });
      return;
    }
    const own = { home, client: started.client, server: started.server, record: started.record, env, output };
    const ended = await accompanyRun(own);
    if (ended === null) return;
    output.data({ run: name, uiUrl, ...(await finishRun(own, ended, out, uiUrl)) });
  } finally {
    await started.connection.close();
  }
}
