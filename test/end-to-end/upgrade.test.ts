import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { storedHistories } from '../../store/histories';
import { until } from '../cli/command-line';
import { accountCalls } from './call-accounts';
import { changedCode, type ChangedCode } from './changed-code';
import { deploy, type Deployment } from './deployment';
import { outcomeOf } from './run-outcome';
import { waitForProgress } from './wait-for-progress';

jest.setTimeout(600_000);

/** The next version of the epoch looks at its tasks first and runs a batch from its end; what comes of it is the same. */
const nextEpoch = (isNext: string): ChangedCode =>
  changedCode('workflows/epoch.ts', [
    ['import { proxyActivities,', 'import { patched, proxyActivities,'],
    [
      `    scope.enter('execute');\n`,
      `    scope.enter('execute');
    const isNext = ${isNext};
    const look = { kind: 'tasks', plan, pool: 'training', from: 0, count: 1 };
    if (isNext) await steering.plain(() => stage.prepare(look));\n`,
    ],
    ['mapBounded(batch, ', 'mapBounded(isNext ? [...batch].reverse() : batch, '],
    [
      `    scope.enter('diagnose');\n`,
      `    rollouts.sort((a, b) => batch.indexOf(a.taskId) - batch.indexOf(b.taskId));
    scope.enter('diagnose');\n`,
    ],
  ]);

let deployment: Deployment;
const versions: ChangedCode[] = [];
beforeAll(async () => {
  deployment = await deploy({ latencyMs: 20 });
  versions.push(nextEpoch(`patched('look-first')`), nextEpoch('true'));
});
afterAll(async () => {
  await deployment.stop();
  versions.forEach((version) => version.remove());
});

interface Verification {
  code: number;
  histories: {
    workflowId: string;
    divergence: { event: { id: number; type: string } | null; message: string } | null;
  }[];
}

/** What a user of that version sees of a command. */
function command({ folder }: ChangedCode, words: string[]): Promise<{ code: number; answer: unknown }> {
  const args = [join(folder, 'cli', 'skillgrad.cjs'), ...words, '--json'];
  const env = {
    ...process.env,
    SKILLGRAD_HOME: deployment.home.root,
    SKILLGRAD_CACHE: join(folder, 'cache'),
  };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
      if (!stdout.startsWith('{')) return reject(new Error(`${words.join(' ')}: ${stderr}`));
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, answer: JSON.parse(stdout) });
    });
  });
}

async function verify(version: ChangedCode, run: string): Promise<Verification> {
  const { code, answer } = await command(version, ['history', 'verify', run]);
  return { ...(answer as Omit<Verification, 'code'>), code };
}

/** Starts a worker of a version in the place of the one that runs. */
const startVersion = (name: string, { folder }: ChangedCode) =>
  deployment.startWorker(name, { SKILLGRAD_CACHE: join(folder, 'cache') }, folder);

/** How often the epoch of a run has had something prepared. */
async function looks(run: string): Promise<number> {
  const { events } = await deployment.client.workflow.getHandle(`${run}/epoch-1`).fetchHistory();
  const types = events?.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name) ?? [];
  return types.filter((type) => type === 'prepare').length;
}

it('ends a run with the next version of the workflow code, and refuses a change that would break it', async () => {
  const [next, broken] = versions as [ChangedCode, ChangedCode];
  const worker = await deployment.startWorker('old');
  await deployment.startRun('undisturbed');
  const expected = await outcomeOf(deployment, 'undisturbed');

  // Its first diagnoses get no answer while the old version serves it.
  deployment.simulator.setFaults([{ kind: 'hang', rate: 1, role: 'diagnoser' }]);
  await deployment.startRun('upgraded');
  await waitForProgress(deployment, 'upgraded', ({ step, stage }) => step === 1 && stage === 'diagnose');
  await worker.kill();
  deployment.simulator.setFaults([]);

  // Under way, half of it made by the old version: without patched() it would stand still from here on.
  const refused = await verify(broken, 'upgraded');
  expect(refused.code).toBe(1);
  const diverged = refused.histories.filter(({ divergence }) => divergence !== null);
  expect(diverged.map(({ workflowId }) => workflowId)).toEqual(['upgraded/epoch-1']);
  expect(diverged[0]?.divergence).toMatchObject({
    event: { type: 'ActivityTaskScheduled' },
    message: expect.stringMatching(/'execute' does not match .*'prepare'/) as string,
  });
  expect(await verify(next, 'upgraded')).toMatchObject({ code: 0 });

  // Whoever starts it all the same is told what stands still, and loses nothing.
  const misfit = await startVersion('broken', broken);
  await until('status says so', async () => {
    const { answer } = await command(broken, ['status', 'upgraded']);
    const { stuck } = answer as { stuck: { workflowId: string; message: string } | null };
    if (stuck === null) return false;
    expect(stuck.workflowId).toBe('upgraded/epoch-1');
    expect(stuck.message).toMatch(/'execute' does not match .*'prepare'/);
    return true;
  });
  await misfit.kill();

  await startVersion('next', next);
  expect(await outcomeOf(deployment, 'upgraded')).toEqual(expected);
  expect(accountCalls(deployment, 'upgraded').repeated).toEqual([]);

  // Step 1 was made the old way, step 2 the new one.
  expect(await looks('upgraded')).toBe((await looks('undisturbed')) + 1);
  await until('the ended run is verified against the code that ended it', async () => {
    const stored = await storedHistories(deployment.store, 'upgraded');
    return stored.some(({ workflowId }) => workflowId === 'upgraded') && stored.every((one) => one.verification);
  });
  for (const { verification } of await storedHistories(deployment.store, 'upgraded')) {
    expect(verification?.divergence).toBeNull();
  }
});
