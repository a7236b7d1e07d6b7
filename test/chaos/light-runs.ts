import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunConfig } from '../../records/run-config';
import type { OptimizeInput } from '../../records/workflows';
import { seedSkillDir } from '../../simulator/worlds/solve-rate';
import { modelOf } from '../../simulator/worlds/world';
import { worldRoles } from '../../simulator/worlds/world-roles';
import { worldTask } from '../../simulator/worlds/world-tasks';
import { deploy, type Deployment } from '../end-to-end/deployment';
import type { Schedule } from './schedule';

/** A run of a few seconds, all stages in it, that accepts a patch and delivers another skill than its seed. */
export interface LightRun {
  deploy(root: string): Promise<Deployment>;
  start(deployment: Deployment, run: string): Promise<void>;
  /** Size of the disk that its store is put on. */
  disk: string;
}

/** Long enough for calls to be under way when something strikes. */
const latencyMs = 40;
/** Activities of a run at a time. */
export const concurrency = 4;

/** What all runs have in common: faults become pauses within seconds. */
const impatient: Partial<RunConfig> = { concurrency, callTimeoutMs: 4000, pauseAfterMs: 3000 };

const world = 'hidden-pitfalls';
const model = modelOf(world);
const tasks = { trainingPool: 8, validationTasks: 4, heldOutTasks: 4 };

function writeTasks(folder: string): string {
  const count = tasks.trainingPool + tasks.validationTasks + tasks.heldOutTasks;
  mkdirSync(folder, { recursive: true });
  const entries = Array.from({ length: count }, (_, index) => worldTask(1, index));
  writeFileSync(join(folder, 'dataset.json'), JSON.stringify(entries));
  return folder;
}

export const lightRuns: Record<Schedule['benchmark'], LightRun> = {
  custom: {
    deploy: (root) => deploy({ root, latencyMs, roles: worldRoles }),
    start: (deployment, run) => {
      const input: Partial<OptimizeInput> = {
        skillDir: seedSkillDir,
        dataDir: writeTasks(join(deployment.home.root, 'tasks')),
      };
      const config: Partial<RunConfig> = {
        ...{ ...impatient, ...tasks, benchmark: 'custom', trainTasks: 4, seed: 9 },
        models: { executor: model, diagnoser: model, accumulator: model, patcher: model },
        prices: { [model]: { inputUsd: 1, outputUsd: 4, label: 'simulated' } },
      };
      return deployment.startRun(run, config, input);
    },
    disk: '24m',
  },
  spreadsheetbench: {
    deploy: (root) => deploy({ root, latencyMs }),
    start: (deployment, run) => {
      const few = { trainTasks: 2, trainingPool: 6, validationTasks: 4, heldOutTasks: 2, batchSize: 2 };
      return deployment.startRun(run, { ...impatient, ...few, seed: 4 });
    },
    disk: '64m',
  },
};
