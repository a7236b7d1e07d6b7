/* eslint-disable @typescript-eslint/no-require-imports, @typescript-eslint/consistent-type-imports --
   A module is loaded when its command is asked for, and `import()` knows nothing of the loader that runs TypeScript. */
import type { Command } from 'commander';

type AddCommand = (root: Command) => void;

/**
 * Where each command is, in the order of the help. Only the one that is asked for is loaded: all of them, with what they
 * need, take three times as long as one.
 */
export const commands: Record<string, () => AddCommand> = {
  demo: () => (require('./demo') as typeof import('./demo')).addDemo,
  optimize: () => (require('./optimize') as typeof import('./optimize')).addOptimize,
  status: () => (require('./status') as typeof import('./status')).addStatus,
  watch: () => (require('./watch') as typeof import('./watch')).addWatch,
  list: () => (require('./list') as typeof import('./list')).addList,
  pause: () => (require('./pause') as typeof import('./pause')).addPause,
  resume: () => (require('./resume') as typeof import('./resume')).addResume,
  stop: () => (require('./stop') as typeof import('./stop')).addStop,
  cancel: () => (require('./cancel') as typeof import('./cancel')).addCancel,
  budget: () => (require('./budget') as typeof import('./budget')).addBudget,
  set: () => (require('./set') as typeof import('./set')).addSet,
  review: () => (require('./review') as typeof import('./review')).addReview,
  approve: () => (require('./decide') as typeof import('./decide')).addDecide,
  reject: () => (require('./decide') as typeof import('./decide')).addDecide,
  edit: () => (require('./edit') as typeof import('./edit')).addEdit,
  result: () => (require('./result') as typeof import('./result')).addResult,
  momentum: () => (require('./momentum') as typeof import('./momentum')).addMomentum,
  blame: () => (require('./blame') as typeof import('./blame')).addBlame,
  replay: () => (require('./replay') as typeof import('./replay')).addReplay,
  fork: () => (require('./fork') as typeof import('./fork')).addFork,
  rewind: () => (require('./rewind') as typeof import('./rewind')).addRewind,
  schedule: () => (require('./schedule') as typeof import('./schedule')).addSchedule,
  audit: () => (require('./audit') as typeof import('./audit')).addAudit,
  history: () => (require('./history') as typeof import('./history')).addHistory,
  server: () => (require('./server') as typeof import('./server')).addServer,
  worker: () => (require('./worker') as typeof import('./worker')).addWorker,
  sandbox: () => (require('./sandbox') as typeof import('./sandbox')).addSandbox,
  simulator: () => (require('./simulator') as typeof import('./simulator')).addSimulator,
  skill: () => (require('./skill') as typeof import('./skill')).addSkill,
  benchmark: () => (require('./benchmark') as typeof import('./benchmark')).addBenchmark,
  store: () => (require('./store') as typeof import('./store')).addStore,
  follow: () => (require('./follow') as typeof import('./follow')).addFollow,
};
