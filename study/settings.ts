import { z } from 'zod';
import { configOf } from '../records/baselines';
import { profiles, RunConfig, type Method } from '../records/run-config';
import { modelOf, type WorldName } from '../simulator/worlds/world';

export const SettingName = z.enum([
  'full',
  'no-momentum',
  'no-contrast',
  'flat-patch',
  'no-gate',
  'no-skill',
  'seed-skill',
  'one-shot',
  'one-pass',
]);
export type SettingName = z.infer<typeof SettingName>;

/** A row of the study: a method of the product, with what is set over the defaults. */
export interface Setting {
  says: string;
  method: Method;
  over: Partial<RunConfig>;
}

const on = profiles.default.ablations;

export const settings: Record<SettingName, Setting> = {
  full: { says: 'the whole method', method: 'skillgrad', over: {} },
  'no-momentum': {
    says: 'each step starts from an empty record and remembers no refused edit',
    ...{ method: 'skillgrad', over: { ablations: { ...on, momentum: false } } },
  },
  'no-contrast': {
    says: 'successes are not diagnosed',
    ...{ method: 'skillgrad', over: { ablations: { ...on, contrast: false } } },
  },
  'flat-patch': {
    says: 'SKILL.md alone is edited',
    ...{ method: 'skillgrad', over: { ablations: { ...on, layers: false } } },
  },
  'no-gate': {
    says: 'every patch is accepted, and the last version is delivered',
    ...{ method: 'skillgrad', over: { gate: { policy: 'none' }, confirmation: false } },
  },
  'no-skill': { says: 'the agent without a skill', method: 'no-skill', over: {} },
  'seed-skill': { says: 'the skill as it was', method: 'seed-skill', over: {} },
  'one-shot': { says: 'one skill written from task prompts, no iteration', method: 'one-shot', over: {} },
  'one-pass': { says: 'one revision from all failures, without a gate', method: 'one-pass', over: {} },
};

/**
 * What a world is studied with unless told otherwise. A world without anything to gain asks one question: whether the
 * method falls, or claims a gain, there; `no-gate` shows that its patches do lead down.
 */
export function settingsFor(world: WorldName): readonly SettingName[] {
  return world === 'hidden-pitfalls' ? SettingName.options : ['full', 'no-gate', 'seed-skill'];
}

/** Tasks of one run. */
const tasksOf = { trainingPool: 28, validationTasks: 40, heldOutTasks: 16 };
export const taskCount = tasksOf.trainingPool + tasksOf.validationTasks + tasksOf.heldOutTasks;

/**
 * The configuration of one run: the defaults, gate, confirmation, edit budget, batch and epochs included, on fewer tasks.
 * The executor needs a turn for the skill, one for each reference, one to write and one to report.
 */
export function studyConfig(world: WorldName, name: SettingName, seed: number, provider: string): RunConfig {
  const setting = settings[name];
  const model = modelOf(world);
  const config = RunConfig.parse({
    ...profiles.default,
    benchmark: 'custom',
    models: { executor: model, diagnoser: model, accumulator: model, patcher: model },
    provider,
    seed,
    trainTasks: 20,
    ...tasksOf,
    maxTurns: { ...profiles.default.maxTurns, executor: 12 },
    prices: { [model]: { inputUsd: 0, outputUsd: 0, label: 'a simulated price, nobody is paid' } },
    ...setting.over,
  });
  return configOf(setting.method, config);
}
