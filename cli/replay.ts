import { InvalidArgumentError, type Command } from 'commander';
import { replayConfig, stages, type Stage } from './options/replay-config';
import { addFlagsOf, readSettings } from './options/read-settings';
import { checkRunName } from './options/run-settings';
import { accompanyRun, stopIdleProcesses } from './runs/accompany-run';
import { compareEpochs } from './runs/compare-epochs';
import { checkChanges, deriveRun, freeName } from './runs/derive-run';
import { recordFor, withOrigin, type OpenOrigin } from './runs/open-origin';
import { addRunOptions, type RunOptions } from './runs/open-run';
import { derivedPlan, recordedEpoch } from './runs/recorded-epoch';
import { checkEnded } from './runs/run-state';
import { checkKey } from './runs/run-processes';
import { startRun } from './runs/start-run';
import { comparisonText } from './terminal/comparison-text';
import { examples } from './terminal/examples';
import { wholeNumber } from './terminal/numbers';
import { UserError } from './terminal/user-error';

interface ReplayOptions extends RunOptions {
  epoch?: number;
  from: Stage;
  name?: string;
  yes?: boolean;
}

/** Adds `replay`. */
export function addReplay(root: Command): void {
  const command = root.command('replay').argument('<RUN>', 'name of the run');
  addFlagsOf(command, ['model', 'seed', 'budget-usd', 'budget-calls', 'budget-tokens', 'max-hours', 'price']);
  addRunOptions(command)
    .description('run an epoch again from its recorded inputs, and show both side by side')
    .option('--epoch <N>', 'epoch to run again; without it RUN is a replay that is shown again', wholeNumber(1))
    .option('--from <STAGE>', `first stage that --model and --seed change: ${stages.join(', ')}`, stageNamed, 'execute')
    .option('--name <NAME>', 'name of the replay (default: RUN-replay-1 and so on)', checkRunName)
    .option('--yes', 'spend without a budget')
    .addHelpText(
      'after',
      '\nThe replay is a run of its own that ends with the epoch: `status`, `pause`, `resume` and `result` know it by its' +
        '\nname. It has the mini-batches of the epoch. A call whose inputs are the same is not made again, so that a replay' +
        '\nwith the same settings costs nothing. Scores cost nothing and are always computed again.\n' +
        examples(
          ['replay my-run --epoch 1', 'the same again: 0 calls, unless the epoch failed under way'],
          ['replay my-run --epoch 2 --from patch --model patcher=gpt-5', 'what would another patcher have done?'],
          ['replay my-run --epoch 1 --from diagnose --seed 7', 'other draws of the diagnoses and of what follows'],
          ['replay my-run-replay-1 --json', 'a replay of before and what it repeats, as JSON'],
        ),
    )
    .action((run: string, options: ReplayOptions) => withOrigin(run, options, (open) => replay(open, options)));
}

function stageNamed(text: string): Stage {
  const stage = stages.find((one) => one === text);
  if (stage !== undefined) return stage;
  throw new InvalidArgumentError(`Expected one of ${stages.join(', ')}.`);
}

async function replay(open: OpenOrigin, options: ReplayOptions): Promise<void> {
  if (options.epoch === undefined) return showAgain(open);
  const { run, home, store, output, client } = open;
  const { env } = process;
  const settings = await readSettings({ ...options });
  const known = await recordedEpoch(client, store, run, options.epoch);
  const record = recordFor(open, known);
  checkKey(record, env);
  const changes = replayConfig(known.plan, settings, options.from);
  const same = settings.model === undefined && settings.seed === undefined;
  checkChanges(known, changes, same || options.yes === true);
  const name = options.name ?? (await freeName(client, store, run, 'replay'));
  const started = await startRun(home, await deriveRun(store, known, 'replay', name, changes, record), env, output);
  try {
    output.text(`Replay ${name} runs epoch ${options.epoch} of ${run} again.`);
    if (started.uiUrl !== null) output.text(`Temporal UI  ${started.uiUrl}`);
    const own = { home, client: started.client, server: started.server, record: started.record, env, output };
    const ended = await accompanyRun(own);
    if (ended === null) {
      output.text(`Once it has ended, \`skillgrad replay ${name}\` shows both side by side.`);
      return;
    }
    const comparison = await compareEpochs(started.client, store, known, name);
    output.text(`\n${comparisonText(comparison)}`);
    output.data(comparison);
    await stopIdleProcesses(own);
    checkEnded(ended);
  } finally {
    await started.connection.close();
  }
}

/** Shows a replay beside what it repeats, and starts nothing. */
async function showAgain({ run, store, output, client }: OpenOrigin): Promise<void> {
  const origin = (await derivedPlan(client, store, run))?.origin;
  if (origin?.kind !== 'replay') {
    throw new UserError(`--epoch N is missing: run ${run} is no replay. Name the epoch that is to be run again.`, 2);
  }
  const known = await recordedEpoch(client, store, origin.run, origin.epoch);
  const comparison = await compareEpochs(client, store, known, run);
  output.text(comparisonText(comparison));
  output.data(comparison);
}
