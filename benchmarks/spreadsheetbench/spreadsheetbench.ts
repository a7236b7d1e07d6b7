import type { Benchmark } from '../benchmark';
import { findInfeasible } from './find-infeasible';
import { loadTasks } from './load-tasks';
import { createScorerPool } from './scorer-pool';

/** SpreadsheetBench Verified: real questions about real workbooks, scored by comparing the cells of the answer. */
export const spreadsheetbench: Benchmark = {
  name: 'spreadsheetbench',
  load: loadTasks,
  createScorerPool,
  findInfeasible,
};
