import { priceOf } from '../../agents/model/prices';
import { Role, type RunConfig } from '../../records/run-config';
import { whyFixed, type SettingsChange } from '../../records/settings';
import { UserError } from '../terminal/user-error';
import { withSettings } from './run-config';
import { runSettings, type RunSettings, type SettingName } from './run-settings';

/** The settings that a run may change between its steps. */
export const settable = [
  ...(['concurrency', 'model', 'price', 'edits', 'patience', 'guarded', 'max-turns', 'rpm', 'tpm'] as const),
] satisfies SettingName[];

/** The settings that stay as they are, so that they can be refused by name. */
export const fixed = (Object.keys(runSettings) as SettingName[]).filter(
  (name) => !(settable as SettingName[]).includes(name),
);

/**
 * The change that flags ask for.
 *
 * @param config what the run goes by, with what has been set before
 * @throws UserError for a setting that can't change under way, a wrong value, or none; and for a model without a price where
 * the run has a cap on USD
 */
export function changeOf(settings: RunSettings, config: RunConfig): SettingsChange {
  const refused = fixed.find((name) => settings[name] !== undefined);
  if (refused !== undefined) {
    const why = whyFixed(/^(budget-|max-hours)/.test(refused) ? 'budget' : (refused.split('-')[0] ?? refused));
    throw new UserError(`--${refused}: it can't change while a run goes on: ${why}.`, 2);
  }
  if (settable.every((name) => settings[name] === undefined)) {
    throw new UserError(`Say what to set: ${settable.map((name) => `--${name}`).join(', ')}.`, 2);
  }
  const after = withSettings(config, settings);
  const { model = [], price } = settings;
  const roles = Role.options.filter((role) =>
    model.some((entry) => !entry.includes('=') || entry.startsWith(`${role}=`)),
  );
  checkPrices(after, roles);
  const plain = ['concurrency', 'edits', 'patience', 'guarded', 'rpm', 'tpm'] as const;
  return {
    ...Object.fromEntries(plain.flatMap((name) => (settings[name] === undefined ? [] : [[name, after[name]]]))),
    ...(roles.length === 0 ? {} : { models: Object.fromEntries(roles.map((role) => [role, after.models[role]])) }),
    ...(price === undefined ? {} : { prices: withSettings({ ...config, prices: {} }, { price }).prices }),
    ...(settings['max-turns'] === undefined ? {} : { maxTurns: { executor: settings['max-turns'] } }),
  };
}

function checkPrices({ models, provider, prices, budget }: RunConfig, roles: readonly Role[]): void {
  const unpriced = roles.map((role) => models[role]).find((name) => priceOf(name, provider, prices) === null);
  if (unpriced === undefined || budget.costUsd === null) return;
  throw new UserError(
    `--model ${unpriced}: no price is known for it, so the cap of ${budget.costUsd} USD could not be kept. ` +
      `Give one with --price ${unpriced}=IN/OUT in USD per million tokens. Nothing was set.`,
    2,
  );
}
