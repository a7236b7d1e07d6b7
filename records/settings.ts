import { z } from 'zod';
import { Role, RunConfig, type ShownConfig } from './run-config';

const { concurrency, patience, edits, guarded, prices, rpm, tpm } = RunConfig.shape;

/** The settings that a run may change between its steps; what is left out stays as it is. */
export const SettingsChange = z
  .strictObject({
    models: z.partialRecord(Role, z.string().min(1)),
    /** Only of the executor: the turn limits of the other roles belong to their prompts. */
    maxTurns: z.strictObject({ executor: z.number().int().positive() }),
    ...{ concurrency, patience, edits, guarded, prices, rpm, tpm },
  })
  .partial();
export type SettingsChange = z.infer<typeof SettingsChange>;

/** What a person has asked for, as the run's control state holds it. */
export const SettingsWord = z.object({ by: z.string(), note: z.string().optional(), change: SettingsChange });
export type SettingsWord = z.infer<typeof SettingsWord>;

/** A change of settings as a run's record keeps it. */
export const SettingsRecord = SettingsWord.extend({
  /** What it changes, in words: `concurrency 8 (was 4)`. */
  changed: z.array(z.string()),
  /** The first step under it, or the stage where that is none of an epoch; null: not in force yet. */
  since: z.object({ stage: z.string(), epoch: z.number().int(), step: z.number().int().nullable() }).nullable(),
});
export type SettingsRecord = z.infer<typeof SettingsRecord>;

/** Why the other settings stay as they are, and what to do instead. */
const fixedSettings: Partial<Record<string, string>> = {
  budget: 'caps are raised by `skillgrad budget RUN`',
  approve: 'what has been decided so far was decided otherwise; `skillgrad pause RUN` holds a run for a look at it',
  notify: 'it belongs to the process that follows the run',
};
const alreadyMeasured =
  'what has been measured so far hangs on it; `skillgrad fork RUN --epoch N` goes on with another one where it can change, ' +
  'and `skillgrad optimize` starts another run';

/** Why a setting can't change while a run goes on, and what to do instead. */
export function whyFixed(setting: string): string {
  return fixedSettings[setting] ?? alreadyMeasured;
}

/** What is wrong with a change, with the field and the fix; null when it can be made. */
export function settingsProblem(change: unknown): string | null {
  const asked = z.record(z.string(), z.unknown()).safeParse(change).data ?? {};
  const names = Object.keys(asked);
  const known = Object.keys(SettingsChange.shape).join(', ');
  if (names.length === 0) return `name what to set: ${known}`;
  const other = names.find((name) => !Object.hasOwn(SettingsChange.shape, name));
  if (other !== undefined) {
    const isSetting = Object.hasOwn(RunConfig.shape, other);
    return isSetting ? `${other} can't change under way: ${whyFixed(other)}` : `no setting ${other}: set ${known}`;
  }
  const issue = SettingsChange.safeParse(change).error?.issues[0];
  return issue === undefined ? null : `${issue.path.join('.')}: ${issue.message}`;
}

/** Settings with a change made; prices, which workflows aren't told, only where the settings have them. */
export function withChange<Config extends ShownConfig & Partial<Pick<RunConfig, 'prices'>>>(
  config: Config,
  { models, prices: given, maxTurns, ...rest }: SettingsChange,
): Config {
  return {
    ...config,
    ...rest,
    models: { ...config.models, ...models },
    maxTurns: { ...config.maxTurns, ...maxTurns },
    ...(config.prices === undefined ? {} : { prices: { ...config.prices, ...given } }),
  };
}

/** What a change sets, in words; with the settings that it changes also what there was before. */
export function describeChange(change: SettingsChange, before: ShownConfig | null): string[] {
  const said = (name: string, now: unknown, was: unknown): string =>
    `${name} ${valueText(name, now)}${before === null ? '' : ` (was ${valueText(name, was)})`}`;
  const { models = {}, maxTurns, prices: given = {}, ...plain } = change;
  const simple = Object.entries(plain) as [keyof typeof plain, unknown][];
  return [
    ...Role.options.flatMap((role) =>
      models[role] === undefined ? [] : [said(`model of the ${role}`, models[role], before?.models[role])],
    ),
    ...simple.map(([name, value]) => said(name, value, before?.[name])),
    ...(maxTurns === undefined ? [] : [said('max-turns', maxTurns.executor, before?.maxTurns.executor)]),
    ...Object.entries(given).map(([model, price]) => `price of ${model} $${price.inputUsd}/$${price.outputUsd}`),
  ];
}

/** A setting's value as its flag has it: `4:2:cosine`, `never`. */
function valueText(name: string, value: unknown): string {
  if (value === null) return { edits: 'unlimited', patience: 'never' }[name] ?? 'none';
  const schedules = edits.safeParse(value).data ?? null;
  if (schedules === null) return String(value);
  const { first, last, schedule } = schedules;
  return schedule === 'constant' ? String(first) : `${first}:${last}:${schedule}`;
}

/** A change of settings in one line, with its author. */
export function settingsLine({ by, note, changed, since }: SettingsRecord): string {
  const place =
    since === null
      ? 'from the next step on'
      : since.step === null
        ? `from the stage ${since.stage} on`
        : `from epoch ${since.epoch}, step ${since.step} on`;
  return `${place}: ${changed.join(', ')}; set by ${by}${note === undefined ? '' : ` ("${note}")`}`;
}
