import type { RunConfig } from '../records/run-config';
import { readState } from '../workers/state-file';
import { ServerState } from '../workers/server-state';
import { journaledTurns } from '../test/end-to-end/call-accounts';
import { deploy, type Deployment } from '../test/end-to-end/deployment';
import { historiesOf } from '../test/end-to-end/histories';
import { criticalPathMs, type Interval } from './critical-path';
import { ownCpuMs } from './process-cpu';

/** One epoch as measured. */
export interface EpochFigures {
  latencyMs: number;
  gate: boolean;
  steps: number;
  wallMs: number;
  criticalPathMs: number;
  wallOverCriticalPath: number;
  /** Of worker and server together, over the whole run, for each step of it. */
  ownCpuSecondsPerStep: number;
  eventsPerStep: number;
  historyKilobytesPerStep: number;
}

/** What an epoch costs by itself is measured with as little as possible around it. */
const config = (gate: boolean): Partial<RunConfig> => ({
  trainTasks: 12,
  trainingPool: 20,
  validationTasks: gate ? 8 : 1,
  heldOutTasks: 8,
  batchSize: 4,
  confirmation: false,
  concurrency: 8,
  ...(gate ? {} : { gate: { policy: 'none' } }),
});

/**
 * Runs one epoch of three steps at batch 4 against the simulated model and measures it: wall time from the start to the
 * close of its workflow against its critical path, CPU time of worker and server from its start to its close, and the
 * history of its workflow.
 */
export async function measureEpoch(latencyMs: number, gate: boolean): Promise<EpochFigures> {
  const deployment = await deploy({ latencyMs });
  try {
    const { workerPid } = await deployment.startWorker();
    const server = await readState(deployment.home.temporal.state, ServerState);
    const cpuMs = (): number => ownCpuMs(workerPid) + ownCpuMs(server?.pid ?? 0);
    const run = 'measured';
    await deployment.startRun(run, config(gate));
    const epoch = deployment.client.workflow.getHandle(`${run}/epoch-1`);
    const before = await whenStarted(epoch.describe.bind(epoch), cpuMs);
    await epoch.result();
    const spentMs = cpuMs() - before;
    const { startTime, closeTime } = await epoch.describe();
    const { steps } = await deployment.result(run);

    const calls = Object.values(deployment.simulator.stats().byCall).flat();
    const from = startTime.getTime();
    const until = closeTime?.getTime() ?? from;
    const ofEpoch = calls.filter(({ arrivedAtMs }) => arrivedAtMs >= from && arrivedAtMs <= until);
    const sandboxMs = new Map(
      journaledTurns(deployment.home.store, run).map(({ callId, turn }) => [callId, turn.sandboxMs]),
    );
    const wallMs = until - from;
    const path = criticalPathMs(ofEpoch, sandboxMs, await gatesOf(deployment, run));
    const histories = (await historiesOf(deployment, run)).filter(({ workflowId }) =>
      workflowId.startsWith(`${run}/epoch-1`),
    );
    const total = (figure: 'events' | 'bytes'): number => histories.reduce((sum, one) => sum + one[figure], 0);
    return {
      latencyMs,
      gate,
      steps: steps.length,
      wallMs,
      criticalPathMs: path,
      wallOverCriticalPath: wallMs / path,
      ownCpuSecondsPerStep: spentMs / 1000 / steps.length,
      eventsPerStep: total('events') / steps.length,
      historyKilobytesPerStep: total('bytes') / 1000 / steps.length,
    };
  } finally {
    await deployment.stop();
  }
}

/** When the gate of each step ran. */
async function gatesOf({ client }: Deployment, run: string): Promise<Interval[]> {
  const gates: Interval[] = [];
  for await (const gate of client.workflow.list({ query: `WorkflowId STARTS_WITH "${run}/epoch-1/gate-"` })) {
    gates.push({ from: gate.startTime.getTime(), until: gate.closeTime?.getTime() ?? Infinity });
  }
  return gates;
}

/** Reads `figure` as soon as a workflow exists. */
async function whenStarted(describe: () => Promise<unknown>, figure: () => number): Promise<number> {
  for (;;) {
    try {
      await describe();
      return figure();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
