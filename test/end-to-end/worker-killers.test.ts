import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { isAlive, processTree } from '../../sandbox/process-tree';
import { listWorkers } from '../../workers/worker-record';
import { until } from '../cli/command-line';
import { accountCalls } from './call-accounts';
import { deploy, type Deployment } from './deployment';
import { waitForProgress } from './wait-for-progress';

jest.setTimeout(600_000);

/** Only the seed skill is measured, on four tasks. */
const measured = { method: 'seed-skill', heldOutTasks: 4, concurrency: 2 } as const;

let deployment: Deployment;
let temporary: string;
beforeAll(async () => {
  deployment = await deploy({ latencyMs: 200 });
  temporary = join(deployment.home.root, 'tmp');
  mkdirSync(temporary);
  await deployment.startWorker('worker', { TMPDIR: temporary });
});
afterAll(() => deployment.stop());

/** Sends `signal` to the worker process whenever the model is asked for one and the same rollout of a run, `times` times. */
async function strike(run: string, signal: NodeJS.Signals, times: number): Promise<void> {
  let victim: string | null = null;
  const struck = new Set<number>();
  // In less time than a call takes: the strike must hit the one that it has seen.
  for (const deadlineMs = Date.now() + 120_000; struck.size < times; await later(5)) {
    if (Date.now() > deadlineMs) throw new Error(`the worker was struck ${struck.size} times, not ${times}`);
    const calls = Object.values(deployment.simulator.stats().byCall).flat();
    const open = calls.find(
      ({ call, result, order }) =>
        call.startsWith(victim ?? `${run}/execute-`) && result === 'open' && !struck.has(order),
    );
    if (open === undefined) continue;
    victim = `${open.call.split('#')[0]}#`;
    struck.add(open.order);
    const [worker] = await listWorkers(deployment.home.store);
    if (worker !== undefined) process.kill(worker.pid, signal);
  }
}

it('leaves a task out that has crashed its worker three times, and says so', async () => {
  await deployment.startRun('crashing', measured);
  await strike('crashing', 'SIGSEGV', 3);
  const result = await deployment.result('crashing');
  expect(result.quarantined).toHaveLength(1);
  expect(result.heldOut.after.tasks).toBe(3);
  expect(result.heldOut.before.tasks).toBe(3);
  expect(result.warnings.join()).toMatch(
    new RegExp(
      `task ${result.quarantined[0]} is in quarantine: executing it has ended its worker 3 times, lastly by SIGSEGV`,
    ),
  );
  const { typedSearchAttributes } = await deployment.client.workflow.getHandle('crashing').describe();
  const attribute = typedSearchAttributes.getAll().find(({ key }) => key.name === 'SkillGradQuarantined');
  expect(attribute?.value).toBe(1);
  expect(accountCalls(deployment, 'crashing').repeated).toEqual([]);
});

it('blames no task for kill -9 of its worker', async () => {
  await deployment.startRun('killed', measured);
  await strike('killed', 'SIGKILL', 3);
  const result = await deployment.result('killed');
  expect(result.quarantined).toEqual([]);
  expect(result.heldOut.after.tasks).toBe(4);
  expect(accountCalls(deployment, 'killed').repeated).toEqual([]);
  // Of all the workers that were struck, only the one that serves now has files there.
  expect(readdirSync(temporary).filter((name) => name.startsWith('skillgrad-'))).toHaveLength(1);
});

/** Kills every process that runs a model's code, until it is told to stop. */
function killSandboxes(): () => Promise<void> {
  let stopped = false;
  async function go(): Promise<void> {
    while (!stopped) {
      for (const { pid } of await listWorkers(deployment.home.store)) {
        for (const member of processTree(pid).members) {
          if (commandOf(member.pid) === 'deno' && isAlive(member)) process.kill(member.pid, 'SIGKILL');
        }
      }
      await later(10);
    }
  }
  const going = go();
  return () => {
    stopped = true;
    return going;
  };
}

function commandOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    // Ended since it was listed.
    return null;
  }
}

it('pauses twice on a task whose code is killed at every attempt, and leaves it out the third time', async () => {
  const { client, simulator } = deployment;
  await deployment.startRun('starved', { ...measured, concurrency: 1, pauseAfterMs: 500 });
  // The self-test of the sandbox has passed by the first call.
  await until('the model is asked', () =>
    Object.keys(simulator.stats().byCall).some((id) => id.startsWith('starved/')),
  );
  const stop = killSandboxes();
  const kinds = new Set<string>();
  // A pause may be on show for a moment after `resume`: how many there were is told by the executions, below.
  for (;;) {
    const { pause, quarantined } = await waitForProgress(
      deployment,
      'starved',
      (now) => now.pause !== null || now.quarantined.length > 0,
    );
    if (quarantined.length > 0) break;
    kinds.add(pause?.kind ?? 'none');
    await client.workflow.getHandle('starved').executeUpdate('resume', { args: [{ by: 'test' }] });
  }
  expect([...kinds]).toEqual(['sandbox.killed']);
  await stop();
  const result = await deployment.result('starved');
  expect(result.quarantined).toHaveLength(1);
  expect(result.heldOut.after.tasks).toBe(3);
  expect(result.warnings.join()).toMatch(/its code in the sandbox was killed at every attempt of 3 executions/);
  expect(accountCalls(deployment, 'starved').repeated).toEqual([]);
});
