import { GateConfig, gateDefaults } from '../../records/gate';
import { UserError } from '../terminal/user-error';
import type { RunSettings, SettingName } from './run-settings';

/** The flag of each of a gate's settings; which of them a policy has, its defaults say. */
const flags = {
  maxTasks: 'gate-tasks',
  block: 'gate-block',
  acceptLead: 'gate-accept',
  refuseLead: 'gate-refuse',
  margin: 'gate-margin',
  level: 'gate-level',
} as const satisfies Record<string, SettingName>;

/**
 * The gate that settings ask for, over the profile's own. A profile's number of tasks holds for any policy; the rest of
 * another policy comes from the table of defaults.
 *
 * @throws UserError for a setting that the policy doesn't have, or a value that it can't
 */
export function gateOf(settings: RunSettings, base: GateConfig): GateConfig {
  const policy = settings.gate ?? base.policy;
  const maxTasks = 'maxTasks' in base && policy !== 'race' && policy !== 'none' ? { maxTasks: base.maxTasks } : {};
  const own: GateConfig = policy === base.policy ? base : { ...gateDefaults[policy], ...maxTasks };
  const changed: Record<string, unknown> = { ...own };
  for (const [name, flag] of Object.entries(flags)) {
    const given = settings[flag];
    if (given === undefined) continue;
    if (!(name in own)) {
      const has = Object.entries(flags).flatMap(([other, its]) => (other in own ? [`--${its}`] : []));
      const takes = has.length === 0 ? 'takes no settings of its own' : `takes ${has.join(', ')}`;
      throw new UserError(`--${flag} ${String(given)}: the gate ${policy} ${takes}.`, 2);
    }
    changed[name] = given;
  }
  if (settings['gate-samples'] !== undefined && policy === 'none') {
    throw new UserError(`--gate-samples ${settings['gate-samples']}: the gate none measures nothing.`, 2);
  }
  return GateConfig.parse(changed);
}
