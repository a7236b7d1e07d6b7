import type { RunPlan } from '../../records/plan';
import { Role, type RunConfig } from '../../records/run-config';
import { UserError } from '../terminal/user-error';
import { withSettings } from './run-config';
import type { RunSettings } from './run-settings';

/** The stages of a step, in their order. */
export const stages = ['execute', 'score', 'diagnose', 'accumulate', 'patch'] as const;
export type Stage = (typeof stages)[number];

const stageOf: Record<Role, Stage> = {
  executor: 'execute',
  diagnoser: 'diagnose',
  accumulator: 'accumulate',
  patcher: 'patch',
};

/** Roles that work in `from` and in the stages after it. */
function rolesFrom(from: Stage): Role[] {
  return Role.options.filter((role) => stages.indexOf(stageOf[role]) >= stages.indexOf(from));
}

/**
 * What a replay changes: models and seeds of the roles that work from the stage `from` on, and the budget. The roles
 * before it stay as they were, so that what they did is found done, and so do the mini-batches.
 *
 * @throws UserError for a model of a role that works before that stage
 */
export function replayConfig(
  { config: base, seeds: before }: Pick<RunPlan, 'config' | 'seeds'>,
  settings: RunSettings,
  from: Stage,
): Pick<RunPlan, 'config' | 'seeds'> {
  const roles = rolesFrom(from);
  const early = (settings.model ?? []).find((entry) => {
    const role = Role.safeParse(entry.slice(0, Math.max(0, entry.indexOf('='))));
    return role.success && !roles.includes(role.data);
  });
  if (early !== undefined) {
    throw new UserError(
      `--model ${early}: that role works before the stage ${from}, which the replay starts from. Give an earlier --from.`,
      2,
    );
  }
  const { seed, ...others } = settings;
  const changed = withSettings(base, others);
  const models: RunConfig['models'] = { ...base.models };
  const seeds = { ...before };
  for (const role of roles) {
    models[role] = changed.models[role];
    if (seed !== undefined) seeds[role] = seed;
  }
  return { config: { ...changed, models }, seeds };
}
