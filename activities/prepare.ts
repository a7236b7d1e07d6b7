import { readFile } from 'node:fs/promises';
import { pricesFor } from '../agents/model/prices';
import { readPrompts } from '../agents/prompts';
import type { Benchmark, LoadedTask } from '../benchmarks/benchmark';
import { Fault } from '../records/fault';
import { miniBatches, seededRounds } from '../records/mini-batches';
import { paperRounds } from '../records/paper-protocol';
import type { RunPlan } from '../records/plan';
import type { Prepare, PreparedRun, PrepareInput } from '../records/stages';
import type { Golden, Task, TaskEntry } from '../records/task';
import { loadSkill } from '../skill/package';
import type { ArtifactStore } from '../store/artifact-store';
import type { Dependencies } from './dependencies';
import { readRollouts } from './pages';
import { plainStage } from './paid-stage';
import { prepareLook, prepareOptimisation } from './prepare-look';
import { prepareSettings } from './prepare-settings';
import { preparedRun, readPlan } from './plan';
import { impossibleSetting } from './impossible-setting';
import { splitTasks } from './split';
import { stopKilling } from './worker-killers';

async function storeTask(store: ArtifactStore, benchmark: Benchmark, loaded: LoadedTask): Promise<TaskEntry> {
  const putAll = (files: readonly { path: string; sourcePath: string }[]) =>
    Promise.all(
      files.map(async (file) => ({ path: file.path, artifact: await store.putBytes(await readFile(file.sourcePath)) })),
    );
  const task: Task = {
    id: loaded.id,
    benchmark: benchmark.name,
    prompt: loaded.prompt,
    inputs: await putAll(loaded.inputs),
    outputs: loaded.outputs,
  };
  const golden: Golden = {
    taskId: loaded.id,
    benchmark: benchmark.name,
    files: await putAll(loaded.golden.files),
    answer: loaded.golden.answer,
  };
  return { id: loaded.id, task: await store.putJson(task), golden: await store.putJson(golden) };
}

/** Copies skill, tasks, prompts, prices and configuration into the store: the run never reads their sources again. */
async function prepareRun(deps: Dependencies, input: Extract<PrepareInput, { kind: 'run' }>): Promise<PreparedRun> {
  const { store } = deps;
  const { config, run } = input;
  const benchmark = deps.benchmark(config.benchmark);
  const { files, skill } = await loadSkill(input.skillDir, 'lenient');
  const loaded = await benchmark.load(input.dataDir);
  const excluded = config.includeInfeasible
    ? []
    : await benchmark.findInfeasible(loaded, config.protocol, deps.scorer(config.benchmark));
  const left = new Set(excluded.map(({ id }) => id));
  const split = splitTasks(
    loaded.filter(({ id }) => !left.has(id)),
    config,
  );
  const impossible = impossibleSetting(config, split);
  if (impossible !== null) {
    const fix = 'start another run with settings that its tasks allow';
    throw new Fault(impossible, { type: 'input.impossible-setting', retryable: false, fix });
  }
  const storeAll = (tasks: LoadedTask[]) => Promise.all(tasks.map((task) => storeTask(store, benchmark, task)));
  const prices = pricesFor(null, config);
  const plan: RunPlan = {
    run,
    storeId: store.id,
    config,
    skillName: skill.name,
    seedSkill: await store.putTree(files),
    training: await storeAll(split.training),
    validation: await storeAll(split.validation),
    heldOut: await storeAll(split.heldOut),
    excluded,
    prompts: readPrompts(),
    prices,
    preparedBy: deps.version,
    ...{ origin: null, changedFrom: null, reuses: [], seeds: {} },
  };
  const leftOut = excluded.length === 0 ? [] : [`${excluded.length} tasks can never or always pass and are left out`];
  return preparedRun(plan, await store.putJson(plan), [
    ...skill.warnings.slice(0, 5).map((warning) => `skill: ${warning}`),
    ...leftOut,
    ...(split.scaledDown === null ? [] : [split.scaledDown]),
  ]);
}

async function prepareMiniBatches({ store }: Dependencies, input: Extract<PrepareInput, { kind: 'mini-batches' }>) {
  const { config } = await readPlan(store, input.plan);
  const { sampling, seed, trainTasks } = config;
  const failures = (await readRollouts(store, input.trainingSet)).flatMap(({ solved, taskId }) =>
    solved ? [] : [taskId],
  );
  const rounds =
    sampling === 'paper' ? paperRounds(failures, trainTasks, seed) : seededRounds(failures.slice(0, trainTasks), seed);
  return { batches: miniBatches(rounds, config, input.epoch).slice(input.from, input.from + input.count) };
}

/** Freezes a run's inputs into the store, or brings the next page of what a workflow goes through. */
export function bindPrepare(deps: Dependencies): Prepare {
  const byKind: { [Kind in PrepareInput['kind']]: (input: Extract<PrepareInput, { kind: Kind }>) => Promise<unknown> } =
    {
      run: (input) => prepareRun(deps, input),
      look: ({ run, settings }) => prepareLook(deps, run, settings),
      'optimise-again': ({ run, settings }) => prepareOptimisation(deps, run, settings),
      settings: ({ plan, changes }) => prepareSettings(deps, plan, changes),
      tasks: async ({ plan, pool, from, count }) => {
        const entries = (await readPlan(deps.store, plan))[pool];
        return { ids: entries.slice(from, from + count).map(({ id }) => id) };
      },
      'mini-batches': (input) => prepareMiniBatches(deps, input),
    };
  const run = async (input: PrepareInput): Promise<unknown> => {
    await stopKilling(deps.store);
    return byKind[input.kind](input as never);
  };
  return ((input: PrepareInput) => plainStage(() => run(input))) as Prepare;
}
