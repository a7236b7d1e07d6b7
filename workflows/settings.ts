import { proxyActivities, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { ControlState } from '../records/control';
import { describeChange, SettingsChange, settingsProblem, withChange, type SettingsRecord } from '../records/settings';
import type { InForce } from '../records/stages';
import type { OptimizeState } from '../records/workflows';
import { stageOptions } from './activity-options';
import { setUpdate } from './messages';
import { searchAttributes } from './search-attributes';
import type { Steering } from './steering';

const { prepare } = proxyActivities<Activities>(stageOptions);

/**
 * Lets people change settings of a run; a bad value, and a setting that must not change under way, is refused.
 *
 * @param change enters what was asked for into the control state
 */
export function acceptSettings(steering: Steering, change: (part: Partial<ControlState>) => ControlState): void {
  const validator = (word: { change: unknown }): void => {
    if (steering.control.cancelled !== null) throw new Error('it is being cancelled');
    const problem = settingsProblem(word.change);
    if (problem !== null) throw new Error(problem);
  };
  setHandler(
    setUpdate,
    ({ by, note, change: asked }) => {
      const word = { by, ...(note === undefined ? {} : { note }), change: SettingsChange.parse(asked) };
      return change({ settings: [...(steering.control.settings ?? []), word] });
    },
    { validator },
  );
}

/** What a workflow goes by, and the changes that are in force in it. */
interface Renewable {
  inForce: InForce;
  known: readonly SettingsRecord[];
  searchable: boolean;
}

/**
 * Puts into force what people have set since the last look: a plan of its own, made from the one before.
 *
 * @param since where the workflow stands: nothing that has begun is changed
 * @returns null where there is nothing new, or the run was told to stop
 */
export async function renewSettings(
  steering: Steering,
  { inForce, known, searchable }: Renewable,
  since: NonNullable<SettingsRecord['since']>,
): Promise<{ inForce: InForce; settings: SettingsRecord[] } | null> {
  const asked = () => (steering.control.settings ?? []).slice(known.length);
  let words = asked();
  if (words.length === 0) return null;
  const renewed = await steering.plain(() => {
    // A run that was told to stop ends as it is: what can't be put into force must not hold it up.
    if (steering.control.stopped) return Promise.resolve(null);
    // After a fault there may be more, as a price that was missing.
    words = asked();
    return prepare({ kind: 'settings', plan: inForce.plan, changes: words.map(({ change }) => change) });
  });
  if (renewed === null) return null;
  let { config } = inForce;
  const records = words.map((word) => {
    const changed = describeChange(word.change, config);
    config = withChange(config, word.change);
    return { ...word, changed, since };
  });
  if (searchable) showModel(inForce, renewed);
  return { inForce: renewed, settings: [...known, ...records] };
}

/** Puts into force between a run's children what people have set. */
export async function renewRun(steering: Steering, state: OptimizeState, searchable: boolean): Promise<void> {
  const { prepared, epochState, phase, epoch } = state;
  const since = { stage: phase, epoch, step: phase === 'epochs' ? epochState.step + 1 : null };
  const known = epochState.settings ?? [];
  const renewed = await renewSettings(steering, { inForce: prepared, known, searchable }, since);
  if (renewed === null) return;
  epochState.settings = renewed.settings;
  state.prepared = { ...prepared, ...renewed.inForce };
}

/** Takes over what an epoch has gone by in the end. */
export function goBy(state: OptimizeState, inForce: InForce, searchable: boolean): void {
  if (searchable) showModel(state.prepared, inForce);
  state.prepared = { ...state.prepared, ...inForce };
}

/** Lets a workflow be found by the model that its executor has from now on. */
function showModel(before: InForce, after: InForce): void {
  const { executor } = after.config.models;
  if (executor !== before.config.models.executor)
    upsertSearchAttributes([{ key: searchAttributes.model, value: executor }]);
}

/** All changes that the run was told: those in force, and those that wait for the next step. */
export function allSettings(
  { settings = [] }: Pick<ControlState, 'settings'>,
  inForce: readonly SettingsRecord[],
): SettingsRecord[] {
  const waiting = settings.slice(inForce.length);
  return [...inForce, ...waiting.map((word) => ({ ...word, changed: describeChange(word.change, null), since: null }))];
}

/** How many tasks a workflow works on at a time: what was set last holds at once for all that begins after it. */
export function concurrencyOf({ settings = [] }: Pick<ControlState, 'settings'>, atStart: number): number {
  return settings.findLast(({ change }) => change.concurrency !== undefined)?.change.concurrency ?? atStart;
}
