import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storedHistories } from '../../store/histories';
import { kindsOfRun } from '../../store/inventory';
import { listProcesses } from '../../workers/processes';
import { until } from '../cli/command-line';
import { demoData, deploy, weakSkill, type Deployment } from './deployment';
import { untilVerified } from './until-verified';
import { waitForProgress } from './wait-for-progress';

jest.setTimeout(600_000);

let deployment: Deployment;
const folder = mkdtempSync(join(tmpdir(), 'skillgrad-kept-'));
beforeAll(async () => {
  deployment = await deploy({ latencyMs: 0 });
  await deployment.startWorker();
});
afterAll(async () => {
  await deployment.stop();
  rmSync(folder, { recursive: true });
});

const history = (...args: string[]): ReturnType<typeof skillgrad> => skillgrad('history', ...args);

/** A command on that home. */
function skillgrad(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const entry = join(__dirname, '..', '..', 'cli', 'skillgrad.cjs');
  const { home, simulator } = deployment;
  const model = { OPENAI_API_KEY: 'none', OPENAI_BASE_URL: simulator.url };
  const env = { ...process.env, ...model, SKILLGRAD_HOME: home.root, SKILLGRAD_CACHE: home.cache };
  return new Promise((resolve) => {
    execFile(process.execPath, [entry, ...args], { env, cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

const ofRun = (run: string): string => `WorkflowId = "${run}" OR WorkflowId STARTS_WITH "${run}/"`;

/** Deletes all executions of a run, as the server does when their retention is over. */
async function forget({ client }: Deployment, run: string): Promise<void> {
  const { namespace } = client.options;
  for await (const { workflowId, runId } of client.workflow.list({ query: ofRun(run) })) {
    await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId, runId } });
  }
  await until('the server has forgotten the run', async () => (await client.workflow.count(ofRun(run))).count === 0);
}

it('keeps each execution however it closed, and serves export and verification when the server has none any more', async () => {
  const { client, store } = deployment;
  await deployment.startRun('kept', { method: 'seed-skill' });
  await waitForProgress(deployment, 'kept', ({ stage }) => stage === 'held-out');
  const { namespace } = client.options;
  // Reset and then terminated: the first execution is closed by the reset, and so is the second.
  const { runId } = await client.workflow.getHandle('kept').describe();
  const { events } = await client.workflow.getHandle('kept', runId).fetchHistory();
  const start = events?.find((event) => event.workflowTaskCompletedEventAttributes);
  await client.workflowService.resetWorkflowExecution({
    ...{ namespace, workflowExecution: { workflowId: 'kept', runId }, reason: 'test', requestId: 'reset-1' },
    workflowTaskFinishEventId: start?.eventId ?? null,
  });
  await client.workflow.getHandle('kept').terminate('test');
  await client.workflow
    .getHandle('kept/held-out')
    .terminate('test')
    .catch(() => undefined);

  const closed = async () =>
    (await storedHistories(store, 'kept')).map(({ workflowId, status }) => [workflowId, status]);
  await until('all is kept', async () => (await closed()).length >= 3);
  expect((await closed()).filter(([id]) => id === 'kept')).toEqual([
    ['kept', 'TERMINATED'],
    ['kept', 'TERMINATED'],
  ]);
  expect((await closed()).map(([id]) => id)).toContain('kept/held-out');

  await forget(deployment, 'kept');
  const exported = await history('export', 'kept', '--out', 'h', '--json');
  expect(exported.code).toBe(0);
  const { files } = JSON.parse(exported.stdout) as { files: { file: string; keptBy: string }[] };
  expect(files.map(({ keptBy }) => keptBy)).toEqual(files.map(() => 'store'));
  expect(readdirSync(join(folder, 'h')).sort()).toEqual(files.map(({ file }) => file).sort());

  const [ofStore, ofFiles] = [await history('verify', 'kept'), await history('verify', 'h', '--json')];
  expect([ofStore.code, ofFiles.code]).toEqual([0, 0]);
  expect(ofStore.stdout).toMatch(/replays {2}kept\/held-out: \d+ events/);
  expect(JSON.parse(ofFiles.stdout)).toMatchObject({ diverged: 0 });

  const unknown = await history('verify', 'nobody');
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toMatch(/no histories of a run "nobody"/);
  const nowhere = await history('verify', 'nofile.json');
  expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringMatching(/nofile\.json: there is no such file/)]);
  const again = await history('export', 'kept', '--out', 'h');
  expect(again.code).toBe(2);
  expect(again.stderr).toMatch(/the folder is not empty/);

  // Its name is taken for as long as the store has something of it.
  const { length: workers } = await listProcesses(deployment.home);
  const inputs = ['--skill', weakSkill, '--data', demoData, '--benchmark', 'spreadsheetbench', '--profile', 'demo'];
  const anew = ['optimize', '--run', 'kept', ...inputs, '--model', 'simulated', '--budget-calls', '9'];
  const taken = await skillgrad(...anew);
  expect(taken.code).toBe(2);
  expect(taken.stderr).toMatch(/named kept \((journals of model calls, )?histories\).*store gc --run kept --forget/);
  expect(await listProcesses(deployment.home)).toHaveLength(workers);
  await untilVerified(store, 'kept');
  const forgotten = await skillgrad('store', 'gc', '--run', 'kept', '--forget', '--json');
  expect(JSON.parse(forgotten.stdout)).toMatchObject({ forgot: 'kept' });
  expect(await kindsOfRun(store.root, 'kept')).toEqual([]);
});
