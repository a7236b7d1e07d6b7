import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configOf } from '../records/baselines';
import { profiles, RunConfig } from '../records/run-config';
import type { OptimizeInput } from '../records/workflows';
import { seedSkillDir } from '../simulator/worlds/solve-rate';
import { modelOf } from '../simulator/worlds/world';
import { worldTask } from '../simulator/worlds/world-tasks';
import type { Deployment } from '../test/end-to-end/deployment';

const model = modelOf('hidden-pitfalls');

/**
 * Starts a run on tasks of the dispatch world: exact text, no sandboxed code, three or four calls a task, so that what
 * is measured is the machinery and not the work.
 */
export async function startDispatchRun(
  { client, home, provider, taskQueue }: Deployment,
  run: string,
  over: Partial<RunConfig>,
): Promise<void> {
  const config = RunConfig.parse({
    ...profiles.default,
    benchmark: 'custom',
    models: { executor: model, diagnoser: model, accumulator: model, patcher: model },
    provider,
    seed: 1,
    prices: { [model]: { inputUsd: 0, outputUsd: 0, label: 'a simulated price, nobody is paid' } },
    ...over,
  });
  const count = (config.trainingPool ?? 0) + config.validationTasks + config.heldOutTasks;
  const dataDir = join(home.root, `tasks-${run}`);
  await mkdir(dataDir, { recursive: true });
  const tasks = Array.from({ length: count }, (_, index) => worldTask(1, index));
  await writeFile(join(dataDir, 'dataset.json'), JSON.stringify(tasks));
  const input: OptimizeInput = {
    run,
    skillDir: seedSkillDir,
    dataDir,
    config: configOf(config.method, config),
    searchable: false,
  };
  await client.workflow.start('optimize', {
    workflowId: run,
    taskQueue,
    args: [input],
    workflowExecutionTimeout: '2 hours',
  });
}
