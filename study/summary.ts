import { mean, tolerance } from '../records/differences';
import { showsGain } from '../records/gain';
import type { WorldName } from '../simulator/worlds/world';
import type { StudyRun } from './results';
import type { SettingName } from './settings';
import { estimate, type Estimate } from './statistics';

/** One row of the study's table: a setting in a world. Rates and gains are from 0 to 1 and exact unless called sampled. */
export interface SummaryRow {
  world: WorldName;
  setting: SettingName;
  seeds: number;
  /** Mean solve rate of the seed skill and of the delivered one. */
  start: number;
  final: number;
  gain: Estimate;
  /** Gain as the held-out tasks of each run showed it. */
  sampledGain: Estimate;
  /** Gain that the confirmation of each run showed, 0 where the seed was delivered; null without a confirmation. */
  validationGain: Estimate | null;
  /** Runs whose result claims a gain: their held-out tasks show one beyond chance. */
  claims: number;
  /** The smallest gain of a single seed. */
  worst: number;
  /** Seeds that ended below their start. */
  below: number;
  /** Runs that delivered another version than the seed, and patches accepted of those proposed. */
  changed: number;
  accepted: number;
  steps: number;
  /** Final rate of `full` less that of this setting, paired by seed; null for `full` itself or without it. */
  fullAhead: Estimate | null;
}

const rate = ({ solved, tasks }: { solved: number; tasks: number }): number => solved / tasks;
const gainOf = ({ expected }: StudyRun): number => expected.final - expected.seed;

function fullAhead(runs: readonly StudyRun[], full: readonly StudyRun[]): Estimate | null {
  const bySeed = new Map(full.map((run) => [run.seed, run.expected.final]));
  const differences = runs.flatMap((run) => {
    const other = bySeed.get(run.seed);
    return other === undefined ? [] : [other - run.expected.final];
  });
  return differences.length === 0 ? null : estimate(differences);
}

function validationGain(runs: readonly StudyRun[]): Estimate | null {
  const gains = runs.flatMap(({ validation }) =>
    validation === null ? [] : [rate(validation.after) - rate(validation.before)],
  );
  return gains.length === 0 ? null : estimate(gains);
}

/** The table of a study, a row for each world and setting that has runs, in the order of first appearance. */
export function summarise(runs: readonly StudyRun[]): SummaryRow[] {
  const groups = new Map<string, StudyRun[]>();
  for (const run of runs) {
    const key = `${run.world} ${run.setting}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].flatMap((group): SummaryRow[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { world, setting } = first;
    const gains = group.map(gainOf);
    const full = groups.get(`${world} full`) ?? [];
    return [
      {
        ...{ world, setting, seeds: group.length },
        start: mean(group.map(({ expected }) => expected.seed)),
        final: mean(group.map(({ expected }) => expected.final)),
        gain: estimate(gains),
        sampledGain: estimate(group.map(({ heldOut }) => rate(heldOut.after) - rate(heldOut.before))),
        validationGain: validationGain(group),
        claims: group.filter(({ heldOut }) => showsGain(heldOut)).length,
        worst: Math.min(...gains),
        below: gains.filter((gain) => gain < -tolerance).length,
        changed: group.filter(({ changed }) => changed).length,
        accepted: group.reduce((sum, { accepted }) => sum + accepted, 0),
        steps: group.reduce((sum, { steps }) => sum + steps, 0),
        fullAhead: setting === 'full' ? null : fullAhead(group, full),
      },
    ];
  });
}
