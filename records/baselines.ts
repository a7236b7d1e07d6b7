import type { Method, RunConfig } from './run-config';

/**
 * `config` as `method` needs it: a one-pass revision is one step over all failures,
 * in the usual order, with neither gate nor edit budget, and nothing after it.
 */
export function configOf(method: Method, config: RunConfig): RunConfig {
  if (method !== 'one-pass') return { ...config, method };
  return {
    ...config,
    method,
    batchSize: config.trainTasks,
    epochs: 1,
    schedule: 'epoch',
    updates: null,
    gate: { policy: 'none' },
    confirmation: false,
    edits: null,
    firstStep: 'accumulate-first',
    slowUpdate: false,
  };
}
