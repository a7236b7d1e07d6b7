import { WorkflowNotFoundError } from '@temporalio/client';
import type { Deployment } from './deployment';

/** Where in a run's epoch something is killed. */
export type CrashPoint = 'mid-turn' | 'turn-journaled' | 'score' | 'accumulate' | 'patch' | 'gate';

/**
 * Waits until a run has reached a point for the `nth` time (from 1), seen from outside: by what the simulated model is
 * being asked, and by the activities that Temporal says are pending.
 */
export async function reach(
  deployment: Deployment,
  run: string,
  point: CrashPoint,
  nth: number,
  limitMs = 120_000,
): Promise<void> {
  const seen = new Set<string>();
  const deadline = Date.now() + limitMs;
  while (seen.size < nth) {
    if (Date.now() > deadline) throw new Error(`run ${run} never reached ${point} for the ${nth}. time`);
    for (const occurrence of await occurrences(deployment, run, point)) seen.add(occurrence);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function occurrences(deployment: Deployment, run: string, point: CrashPoint): Promise<string[]> {
  switch (point) {
    case 'mid-turn':
      return openCalls(deployment, run, 'executor');
    case 'accumulate':
      return openCalls(deployment, run, 'accumulator');
    case 'patch':
      return openCalls(deployment, run, 'patcher');
    case 'turn-journaled':
      return betweenTurns(deployment, run);
    case 'score':
      return pending(deployment, `${run}/epoch-1`, 'score');
    case 'gate':
      return (await openCalls(deployment, run, 'executor')).length > 0 ? gates(deployment, run) : [];
    default:
      return point satisfies never;
  }
}

/** Calls that the model is being asked right now, from the epoch on: the first diagnosis marks it. */
function openCalls({ simulator }: Deployment, run: string, role: string): Promise<string[]> {
  const calls = Object.values(simulator.stats().byCall)
    .flat()
    .filter(({ call }) => call.startsWith(`${run}/`));
  const epoch = Math.min(...calls.filter((call) => call.role === 'diagnoser').map(({ order }) => order));
  const open = calls.filter((call) => call.role === role && call.result === 'open' && call.order > epoch);
  return Promise.resolve(open.map(({ call }) => call));
}

/** Executions in the epoch that have had an answer and are asking for no other right now. */
async function betweenTurns(deployment: Deployment, run: string): Promise<string[]> {
  const key = (call: string): string => call.split('#')[0] ?? call;
  const { byCall } = deployment.simulator.stats();
  const executions = await pending(deployment, `${run}/epoch-1`, 'execute');
  const gate = executions.length > 0 ? [] : await gates(deployment, run);
  if (executions.length + gate.length === 0) return [];
  const open = new Set(
    Object.values(byCall)
      .flat()
      .filter(({ result }) => result === 'open')
      .map(({ call }) => key(call)),
  );
  const answered = Object.keys(byCall).filter((call) => call.startsWith(`${run}/execute-`) && call.includes('#1.'));
  return answered.filter((call) => !open.has(key(call)));
}

async function pending({ client }: Deployment, workflowId: string, type: string): Promise<string[]> {
  try {
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    return (raw.pendingActivities ?? [])
      .filter((activity) => activity.activityType?.name === type && activity.lastStartedTime)
      .map((activity) => activity.activityId ?? '');
  } catch (error) {
    // The epoch has not begun.
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  }
}

async function gates({ client }: Deployment, run: string): Promise<string[]> {
  const found: string[] = [];
  const query = `WorkflowId STARTS_WITH "${run}/epoch-1/gate-" AND ExecutionStatus = "Running"`;
  for await (const { workflowId } of client.workflow.list({ query })) found.push(workflowId);
  return found;
}
