import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { impossibleSetting } from '../../activities/impossible-setting';
import { splitTasks } from '../../activities/split';
import { BenchmarkDataError, type Benchmark, type LoadedTask } from '../../benchmarks/benchmark';
import { openBenchmark } from '../../benchmarks/open-benchmark';
import type { TaskPool } from '../../records/plan';
import type { RunConfig } from '../../records/run-config';
import type { ExcludedTask } from '../../records/task';
import { loadSkill } from '../../skill/package';
import type { RunSettings } from '../options/run-settings';
import { UserError } from '../terminal/user-error';

/** A run's inputs, found usable. */
export interface CheckedInputs {
  skillName: string;
  /** Where the skill breaks the specification, and advice; none of it keeps a run from starting. */
  skillWarnings: readonly string[];
  /** Absolute. */
  skillDir: string;
  dataDir: string;
  tasks: number;
  excluded: ExcludedTask[];
  sizes: Record<TaskPool, number>;
  /** What had to give where the split's protocol asks for more tasks than there are; null otherwise. */
  scaledDown: string | null;
}

/**
 * Reads skill and data as the run will, so that what is wrong with them is said before anything is started.
 *
 * @throws UserError, or the fault of a broken skill, that names file, entry and fix, or the setting that the tasks
 * make impossible
 */
export async function checkInputs(settings: RunSettings, config: RunConfig): Promise<CheckedInputs> {
  const { skill: skillFolder, data, benchmark } = settings;
  if (skillFolder === undefined || data === undefined || benchmark === undefined) {
    const missing = Object.entries({ skill: skillFolder, benchmark, data }).filter(([, value]) => value === undefined);
    const flags = missing.map(([name]) => `--${name}`).join(', ');
    throw new UserError(`Missing: ${flags}. Give them as flags, or as keys of the YAML file of --config.`, 2);
  }
  const [skillDir, dataDir] = [resolve(skillFolder), resolve(data)];
  const { skill } = await loadSkill(skillDir, 'lenient');
  const { tasks, excluded } = await usableTasks(config, dataDir);
  const split = splitTasks(tasks, config);
  const impossible = impossibleSetting(config, split);
  if (impossible !== null) throw new UserError(`${impossible}. Nothing was started.`, 2);
  const sizes = {
    training: split.training.length,
    validation: split.validation.length,
    heldOut: split.heldOut.length,
  };
  return {
    skillName: skill.name,
    skillWarnings: skill.warnings,
    skillDir,
    dataDir,
    tasks: tasks.length,
    excluded,
    sizes,
    scaledDown: split.scaledDown,
  };
}

async function usableTasks(
  { benchmark: name, protocol, includeInfeasible }: RunConfig,
  dataDir: string,
): Promise<{ tasks: LoadedTask[]; excluded: ExcludedTask[] }> {
  const benchmark = openBenchmark(name);
  const loaded = await load(benchmark, dataDir);
  if (includeInfeasible) return { tasks: loaded, excluded: [] };
  const pool = benchmark.createScorerPool({ threads: availableParallelism() });
  const excluded = await benchmark.findInfeasible(loaded, protocol, pool).finally(() => pool.close());
  const unreadable = excluded.find(({ reason }) => reason === 'unreadable');
  if (unreadable !== undefined) {
    throw new UserError(
      `--data: task ${unreadable.id}: ${unreadable.detail.replace(/\.$/, '')}. Restore its workbooks, or take its entry ` +
        `out of ${join(dataDir, 'dataset.json')}; \`skillgrad benchmark check ${name} --data DIR\` lists all such tasks.`,
    );
  }
  const left = new Set(excluded.map(({ id }) => id));
  return { tasks: loaded.filter(({ id }) => !left.has(id)), excluded };
}

async function load(benchmark: Benchmark, dataDir: string): Promise<LoadedTask[]> {
  try {
    return await benchmark.load(dataDir);
  } catch (error) {
    if (error instanceof BenchmarkDataError) throw new UserError(`--data: ${error.message}; ${error.fix}.`);
    throw error;
  }
}
