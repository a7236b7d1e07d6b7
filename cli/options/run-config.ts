import { configOf } from '../../records/baselines';
import { profiles, Role, RunConfig } from '../../records/run-config';
import { UserError } from '../terminal/user-error';
import { approvalOf } from './approval';
import { gateOf } from './gate';
import type { RunSettings } from './run-settings';
import { editsOf, scheduleOf } from './schedules';

/**
 * The configuration of a run: its profile's row with the settings over it.
 *
 * @param provider the endpoint's base URL, or `simulator:<seed>`
 * @throws UserError that names the setting which is missing or wrong
 */
export function toRunConfig(settings: RunSettings, provider: string): RunConfig {
  const { benchmark = 'spreadsheetbench', profile = 'default', baseline = 'skillgrad' } = settings;
  const models = modelsByRole(settings.model ?? [], {});
  return RunConfig.parse(
    configOf(baseline, withSettings({ ...profiles[profile], benchmark, models, provider }, settings)),
  );
}

/**
 * A run's configuration with settings over it.
 *
 * @throws UserError that names the setting which is wrong
 */
export function withSettings(base: RunConfig, settings: RunSettings): RunConfig {
  const budget = {
    costUsd: settings['budget-usd'] ?? base.budget.costUsd,
    calls: settings['budget-calls'] ?? base.budget.calls,
    tokens: settings['budget-tokens'] ?? base.budget.tokens,
    hours: settings['max-hours'] ?? base.budget.hours,
  };
  return {
    ...base,
    protocol: settings.protocol ?? base.protocol,
    models: modelsByRole(settings.model ?? [], base.models),
    seed: settings.seed ?? base.seed,
    trainTasks: settings['train-tasks'] ?? base.trainTasks,
    trainingPool: settings['training-pool'] ?? base.trainingPool,
    validationTasks: settings['validation-tasks'] ?? base.validationTasks,
    heldOutTasks: settings['held-out-tasks'] ?? base.heldOutTasks,
    batchSize: settings['batch-size'] ?? base.batchSize,
    ...scheduleOf(settings, base),
    gate: gateOf(settings, base.gate),
    gateSamples: settings['gate-samples'] ?? base.gateSamples,
    confirmation: !(settings['no-confirmation'] ?? !base.confirmation),
    patience: settings.patience === undefined ? base.patience : settings.patience,
    slowUpdate: settings['slow-update'] ?? base.slowUpdate,
    ablations: {
      momentum: !(settings['no-momentum'] ?? !base.ablations.momentum),
      contrast: !(settings['no-contrast'] ?? !base.ablations.contrast),
      layers: !(settings['flat-patch'] ?? !base.ablations.layers),
    },
    edits: editsOf(settings.edits, base.edits),
    guarded: settings.guarded ?? base.guarded,
    approve: approvalOf(settings, base.approve),
    maxTurns: { ...base.maxTurns, executor: settings['max-turns'] ?? base.maxTurns.executor },
    concurrency: settings.concurrency ?? base.concurrency,
    sandbox: settings.sandbox ?? base.sandbox,
    budget,
    rpm: settings.rpm ?? base.rpm,
    tpm: settings.tpm ?? base.tpm,
    includeInfeasible: settings['include-infeasible'] ?? base.includeInfeasible,
    prices: { ...base.prices, ...pricesOf(settings.price ?? []) },
    notify: settings.notify ?? base.notify,
  };
}

/** The models that `--model` gives, over those that stand already; it must come to one for each role. */
function modelsByRole(given: string[], before: Partial<RunConfig['models']>): RunConfig['models'] {
  const models = { ...before };
  for (const entry of given.filter((one) => !one.includes('='))) {
    for (const role of Role.options) models[role] = entry;
  }
  for (const entry of given.filter((one) => one.includes('='))) {
    const at = entry.indexOf('=');
    const role = Role.safeParse(entry.slice(0, at));
    const name = entry.slice(at + 1);
    if (!role.success || name === '') {
      throw new UserError(
        `--model ${entry}: expected NAME or role=NAME with a role of ${Role.options.join(', ')}, got "${entry}".`,
        2,
      );
    }
    models[role.data] = name;
  }
  const missing = Role.options.filter((role) => !models[role]);
  if (missing.length > 0) {
    throw new UserError(
      `No model for ${missing.join(', ')}: give --model NAME for all roles, or --model role=NAME.`,
      2,
    );
  }
  return models as RunConfig['models'];
}

function pricesOf(given: string[]): RunConfig['prices'] {
  return Object.fromEntries(
    given.map((entry) => {
      const match = /^(.+)=(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)$/.exec(entry);
      if (!match) throw new UserError(`--price ${entry}: expected MODEL=IN/OUT in USD per million tokens.`, 2);
      const [, model = '', inputUsd, outputUsd] = match;
      return [model, { inputUsd: Number(inputUsd), outputUsd: Number(outputUsd), label: 'given by --price' }];
    }),
  );
}
