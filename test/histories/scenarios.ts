import { profiles, type RunConfig } from '../../records/run-config';
import type { Deployment } from '../end-to-end/deployment';
import { waitForProgress } from '../end-to-end/wait-for-progress';

/** A run whose histories are recorded; together the scenarios go through every workflow and each way through it. */
export interface Scenario {
  name: string;
  config: Partial<RunConfig>;
  /** Continue as new as soon as a workflow may. */
  continued?: boolean;
  /** It ends as cancelled, without a result. */
  cancelled?: boolean;
  /** What is done to the run while it runs; by default nothing. */
  steer?: (deployment: Deployment, run: string) => Promise<void>;
}

type UpdateName = 'pause' | 'resume' | 'stop' | 'cancel' | 'addBudget';

async function update({ client }: Deployment, run: string, name: UpdateName, more: object = {}): Promise<void> {
  await client.workflow.getHandle(run).executeUpdate(name, { args: [{ by: 'recorder', note: 'recording', ...more }] });
}

export const scenarios: readonly Scenario[] = [
  { name: 'whole', config: { epochs: 2, slowUpdate: true } },
  { name: 'continued', continued: true, config: { trainTasks: 2, batchSize: 1, heldOutTasks: 26 } },
  {
    name: 'steered',
    config: { epochs: 2 },
    steer: async (deployment, run) => {
      await waitForProgress(deployment, run, ({ stage }) => stage === 'diagnose');
      await update(deployment, run, 'pause');
      await waitForProgress(deployment, run, ({ pause }) => pause?.kind === 'user');
      await update(deployment, run, 'resume');
      await waitForProgress(deployment, run, ({ step, stage }) => step === 2 && stage === 'execute');
      await update(deployment, run, 'stop');
    },
  },
  {
    name: 'capped',
    config: { budget: { costUsd: null, calls: 25, tokens: null, hours: null } },
    steer: async (deployment, run) => {
      await waitForProgress(deployment, run, ({ pause }) => pause?.kind === 'budget.spent');
      await update(deployment, run, 'addBudget', { calls: 1000 });
    },
  },
  {
    name: 'faulted',
    config: {},
    steer: async (deployment, run) => {
      deployment.simulator.setFaults([{ kind: 'unauthorized', rate: 1, role: 'patcher' }]);
      await waitForProgress(deployment, run, ({ pause }) => pause?.kind === 'model.unauthorized');
      deployment.simulator.setFaults([]);
      await update(deployment, run, 'resume');
    },
  },
  {
    name: 'late',
    config: { budget: { costUsd: null, calls: null, tokens: null, hours: 1 / 3600 } },
    steer: async (deployment, run) => {
      await waitForProgress(deployment, run, ({ pause }) => pause?.kind === 'budget.spent');
      await update(deployment, run, 'addBudget', { hours: 1 });
    },
  },
  {
    name: 'cancelled',
    config: {},
    cancelled: true,
    steer: async (deployment, run) => {
      await waitForProgress(deployment, run, ({ step, stage }) => step === 1 && stage === 'diagnose');
      await update(deployment, run, 'cancel');
      await deployment.client.workflow.getHandle(run).cancel();
    },
  },
  {
    name: 'patch-first',
    config: {
      firstStep: 'patch-first',
      gate: profiles.paper.gate,
      confirmation: false,
      ...{ schedule: 'fixed-updates', updates: 2, gateSamples: 1 },
    },
  },
  {
    name: 'two-samples',
    config: { gate: { policy: 'non-inferior', maxTasks: 4, margin: 0.34 }, gateSamples: 2 },
  },
  { name: 'one-shot', config: { method: 'one-shot' } },
  { name: 'no-skill', config: { method: 'no-skill' } },
];
