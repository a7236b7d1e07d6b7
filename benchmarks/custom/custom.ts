import type { Benchmark } from '../benchmark';
import { loadTasks } from './load-tasks';
import { createTextScorer } from './scorer';

/** Tasks of one's own with a text as the answer, scored by exact comparison. */
export const custom: Benchmark = {
  name: 'custom',
  load: loadTasks,
  createScorerPool: createTextScorer,
  // An answer file never lies there beforehand, and every answer equals itself.
  findInfeasible: async () => [],
};
