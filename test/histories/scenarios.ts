import { settingsOf, type CreateOptions } from '../../cli/schedules/settings';
import { profiles, type RunConfig } from '../../records/run-config';
import type { PendingReview } from '../../records/review';
import { Look } from '../../records/schedule';
import { until } from '../cli/command-line';
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

type UpdateName = 'pause' | 'resume' | 'stop' | 'cancel' | 'addBudget' | 'set' | 'approve' | 'reject';

async function update({ client }: Deployment, run: string, name: UpdateName, more: object = {}): Promise<void> {
  await client.workflow.getHandle(run).executeUpdate(name, { args: [{ by: 'recorder', note: 'recording', ...more }] });
}

/** The candidate that waits for a review in a step after `step`. */
async function pendingAfter(deployment: Deployment, run: string, step: number): Promise<PendingReview> {
  const { pause } = await waitForProgress(deployment, run, (now) => (now.pause?.review?.step ?? 0) > step);
  if (pause?.review === undefined) throw new Error(`run ${run}: no candidate waits for a review`);
  return pause.review;
}

/** Looks at the skill that `run` delivered as a schedule does, under the run's name; two lost tasks are a drop. */
async function look(deployment: Deployment, run: string, name: string, more: Partial<CreateOptions>): Promise<Look> {
  const times = { cron: ['@daily'], timezone: 'UTC', catchUpHours: 0 };
  const options = { ...times, level: 0.6, minDrop: 0, budgetCalls: 1000, ...more };
  const { settings } = await settingsOf(deployment.home, await deployment.result(run), options, true);
  const { client, taskQueue } = deployment;
  const workflowId = `${run}/${name}`;
  return Look.parse(await client.workflow.execute('reevaluate', { workflowId, taskQueue, args: [settings] }));
}

export const scenarios: readonly Scenario[] = [
  { name: 'whole', config: { epochs: 2, slowUpdate: true } },
  { name: 'continued', continued: true, config: { trainTasks: 2, batchSize: 1, heldOutTasks: 26 } },
  {
    name: 'steered',
    config: { epochs: 2 },
    steer: async (deployment, run) => {
      const { simulator } = deployment;
      simulator.setFaults([{ kind: 'slow-stream', rate: 1, slowMs: 1000, role: 'executor' }]);
      const calls = () => Object.values(simulator.stats().byCall).flat();
      await until('a rollout is under way', () => calls().some(({ result }) => result === 'open'));
      await update(deployment, run, 'pause');
      simulator.setFaults([]);
      await update(deployment, run, 'resume');
      await waitForProgress(deployment, run, ({ stage }) => stage === 'diagnose');
      await update(deployment, run, 'pause');
      await waitForProgress(deployment, run, ({ pause }) => pause?.kind === 'user');
      await update(deployment, run, 'set', { change: { concurrency: 2, patience: 3 } });
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
    name: 'reviewed',
    config: { gate: { policy: 'none' }, confirmation: false, approve: { timeout: null } },
    steer: async (deployment, run) => {
      const first = await pendingAfter(deployment, run, 0);
      await update(deployment, run, 'reject', { candidate: first.candidate });
      const second = await pendingAfter(deployment, run, first.step);
      await update(deployment, run, 'approve', { candidate: second.candidate });
    },
  },
  {
    name: 'looked-at',
    config: { method: 'seed-skill', heldOutTasks: 6 },
    steer: async (deployment, run) => {
      await look(deployment, run, 'same-model', { onModelChange: true });
      deployment.simulator.setFaults([{ kind: 'refusal', rate: 1, role: 'executor' }]);
      const { started, note } = await look(deployment, run, 'drop', { optimiseCalls: 1000 });
      deployment.simulator.setFaults([]);
      if (started === null) throw new Error(`the look has started no optimisation: ${note}`);
      await deployment.client.workflow.getHandle(started).terminate('it has been seen to start');
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
