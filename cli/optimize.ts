import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { RunConfig } from '../records/run-config';
import { skillgradHome } from '../workers/home';
import { providerOf } from '../workers/worker-settings';
import { addSettingFlags, readSettings } from './options/read-settings';
import { toRunConfig } from './options/run-config';
import { accompanyRun } from './runs/accompany-run';
import { checkInputs, type CheckedInputs } from './runs/check-inputs';
import { finishRun } from './runs/finish-run';
import { chooseServer } from './runs/open-server';
import { checkKey } from './runs/run-processes';
import { runName } from './runs/run-name';
import { startRun } from './runs/start-run';
import { boundsText, checkSpending, upperBounds, type UpperBounds } from './runs/upper-bounds';
import { checkTarget } from './runs/write-folder';
import { examples } from './terminal/examples';
import { terminal } from './terminal/output';
import { UserError } from './terminal/user-error';

interface OptimizeOptions extends Record<string, unknown> {
  address?: string;
  namespace?: string;
  out?: string;
  yes?: boolean;
  detach?: boolean;
  json?: boolean;
}

/** Adds `optimize`. */
export function addOptimize(root: Command): void {
  const command = root.command('optimize').description('optimise a skill on a benchmark with a real model');
  addSettingFlags(command)
    .option('--yes', 'spend without a budget')
    .option('--out <DIR>', 'new or empty folder for the result (default: one under SKILLGRAD_HOME)')
    .option('--detach', 'start the run and return; `skillgrad watch RUN` shows it')
    .option('--address <HOST:PORT>', 'Temporal server to use instead of the configured or embedded one')
    .option('--namespace <NAME>', 'namespace, with --address')
    .option('--json', 'print the result as JSON on stdout')
    .addHelpText(
      'after',
      '\nEnvironment: OPENAI_API_KEY (needed), OPENAI_BASE_URL (any OpenAI-compatible endpoint, by default' +
        '\nhttps://api.openai.com/v1), TEMPORAL_ADDRESS or a Temporal profile (by default the embedded server),' +
        '\nSKILLGRAD_HOME (by default ~/.skillgrad).\n' +
        examples(
          [
            'optimize --skill my-skill --benchmark spreadsheetbench --data data --model gpt-5-mini --budget-usd 20',
            'one model for all roles, at most 20 USD',
          ],
          [
            'optimize --config run.yaml --model executor=gpt-5-mini --seed 7',
            'settings from a file, whose keys are the flags without their dashes; flags win',
          ],
          [
            'optimize --config run.yaml --model local --price local=0.1/0.4 --budget-usd 1 --notify "mail -s run me"',
            'a model of your own with a price of your own; mail on pause, end and fault',
          ],
        ),
    )
    .action(optimize);
}

async function optimize(options: OptimizeOptions): Promise<void> {
  const output = terminal(options);
  const home = skillgradHome();
  const { env } = process;
  const settings = await readSettings(options);
  checkKey({ simulator: null }, env);
  const baseUrl = providerOf({ OPENAI_BASE_URL: env['OPENAI_BASE_URL'] || 'https://api.openai.com/v1' });
  checkBaseUrl(baseUrl);
  const config = toRunConfig(settings, baseUrl);
  const out = options.out === undefined ? null : resolve(options.out);
  if (out !== null) await checkTarget(out);
  const inputs = await checkInputs(settings, config);
  for (const warning of inputs.skillWarnings) output.warn(warning);
  const bounds = upperBounds(config, inputs.sizes);
  showPlan(inputs, config, bounds).forEach(output.text);
  checkSpending(bounds, config, options.yes === true);

  const started = await startRun(
    home,
    {
      run: settings.run ?? runName(inputs.skillName),
      skillName: inputs.skillName,
      skillDir: inputs.skillDir,
      dataDir: inputs.dataDir,
      config,
      server: chooseServer(options, env),
      baseUrl,
      simulator: null,
      notify: config.notify,
    },
    env,
    output,
  );
  const { client, connection, record, server, uiUrl } = started;
  const { run } = record;
  try {
    output.text(`\nRun          ${run}`);
    output.text(
      `Temporal UI  ${uiUrl ?? `that of ${server.address}, workflow ${run} in namespace ${server.namespace}`}`,
    );
    if (options.detach) {
      output.text(`It goes on in the background: \`skillgrad watch ${run}\` shows its progress.`);
      output.data({ run, uiUrl, bounds });
      return;
    }
    output.text('Ctrl-C interrupts the run and says how to go on with it.\n');
    const own = { home, client, server, record, env, output };
    const ended = await accompanyRun(own);
    if (ended === null) return;
    output.data({ run, uiUrl, bounds, ...(await finishRun(own, ended, out, uiUrl)) });
  } finally {
    await connection.close();
  }
}

function checkBaseUrl(url: string): void {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return;
  throw new UserError(`OPENAI_BASE_URL: expected an http or https address, got "${url}". Nothing was started.`, 2);
}

function showPlan(
  { skillName, tasks, excluded, sizes, scaledDown }: CheckedInputs,
  config: RunConfig,
  bounds: UpperBounds,
): string[] {
  const models = [...new Set(Object.values(config.models))].join(', ');
  return [
    `Optimises ${skillName} on ${config.benchmark} with ${models} at ${config.provider}.`,
    `${tasks} tasks: ${sizes.training} to find failures in, ${sizes.validation} for validation, ${sizes.heldOut} held out.`,
    ...(excluded.length === 0 ? [] : [`${excluded.length} more can never or always pass and are left out.`]),
    ...(scaledDown === null ? [] : [`Note: ${scaledDown}.`]),
    ...boundsText(bounds, config),
  ];
}
