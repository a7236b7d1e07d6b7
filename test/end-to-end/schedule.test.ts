import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { collectStore } from '../../cli/stores/collect-store';
import { openServers, recordsOutside, scheduleSettings, type RecordOutside } from '../../cli/stores/known-executions';
import { Look } from '../../records/schedule';
import { RunPlan } from '../../records/plan';
import { serveRoles, type Simulator } from '../../simulator/start-simulator';
import { seedSkillDir } from '../../simulator/worlds/solve-rate';
import { worldRoles } from '../../simulator/worlds/world-roles';
import { worldTask } from '../../simulator/worlds/world-tasks';
import { kindsOfRun } from '../../store/inventory';
import { requiredBy } from '../../store/references';
import { deploy, type Deployment } from './deployment';
import { startTamperingProxy, type TamperingProxy } from './tampering-proxy';
import { untilVerified } from './until-verified';

jest.setTimeout(300_000);

const heldOutTasks = 24;
const model = 'simulated-pure-noise';
let deployment: Deployment;
let world: Simulator;
let proxy: TamperingProxy;
/** What responses say of their model, once it has changed. */
let successor: string | null = null;

beforeAll(async () => {
  deployment = await deploy();
  world = await serveRoles(worldRoles, { port: 0, seed: 1, latencyMs: 0 });
  proxy = await startTamperingProxy(world.url, {
    answer: (text) => (successor === null ? text : text.replaceAll(`"model":"${model}"`, `"model":"${successor}"`)),
  });
  await deployment.startWorker('worker', { OPENAI_BASE_URL: proxy.url });
  const dataDir = join(deployment.home.root, 'tasks');
  await mkdir(dataDir);
  const tasks = Array.from({ length: heldOutTasks + 12 }, (_, index) => worldTask(1, index));
  await writeFile(join(dataDir, 'dataset.json'), JSON.stringify(tasks));
  await deployment.startRun(
    'delivered',
    {
      ...{ benchmark: 'custom', method: 'seed-skill', heldOutTasks, trainingPool: 8, validationTasks: 4 },
      models: { executor: model, diagnoser: model, accumulator: model, patcher: model },
      prices: {},
    },
    { skillDir: seedSkillDir, dataDir },
  );
  await deployment.result('delivered');
});
afterAll(async () => {
  await proxy.close();
  await world.close();
  await deployment.stop();
});

/** `skillgrad schedule …` as a user has it; resolves with its exit code and its JSON. */
async function schedule(...args: string[]): Promise<{ code: number | null; data: unknown; stderr: string }> {
  const entry = join(__dirname, '..', '..', 'cli', 'skillgrad.cjs');
  const { OPENAI_API_KEY: _key, TEMPORAL_ADDRESS: _address, ...env } = process.env;
  const child = spawn(process.execPath, [entry, 'schedule', ...args, '--json'], {
    env: { ...env, SKILLGRAD_HOME: deployment.home.root, SKILLGRAD_CACHE: deployment.home.cache, NO_COLOR: '1' },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, data: stdout === '' ? null : JSON.parse(stdout), stderr };
}

async function look(name: string): Promise<{ code: number | null; look: Look }> {
  const { code, data, stderr } = await schedule('trigger', name, '--wait');
  if (data === null) throw new Error(`no look at ${name} (exit code ${code}): ${stderr}`);
  return { code, look: z.object({ look: Look }).parse(data).look };
}

it('refuses times that are none', async () => {
  const refused = await schedule('create', 'delivered', '--cron', 'whenever', '--budget-calls', '9');
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/--cron .*"whenever"/) });
});

it('finds the same score in the same model, and starts an optimisation when another one does significantly worse', async () => {
  const caps = ['--budget-calls', '500', '--optimise-calls', '400'];
  const created = await schedule('create', 'delivered', '--name', 'weekly', '--cron', '0 6 * * 1', ...caps);
  expect(created).toMatchObject({ code: 0 });

  // What it measures with can't be forgotten or collected.
  process.env['SKILLGRAD_HOME'] = deployment.home.root;
  const forgetting = collectStore({ run: 'delivered', forget: true, graceHours: 0 });
  await expect(forgetting).rejects.toThrow(/Schedule weekly measures .* delivered: `skillgrad schedule delete weekly`/);
  const servers = await openServers(deployment.home, {});
  const [settings] = await scheduleSettings(servers);
  const { value: outside } = (await recordsOutside(
    servers,
    deployment.store,
  ).next()) as IteratorYieldResult<RecordOutside>;
  expect(outside.run).toBe('delivered');
  expect(requiredBy(outside.bytes).records).toContain(settings?.plan);
  await servers.close();

  const same = await look('weekly');
  expect(same).toMatchObject({ code: 0, look: { verdict: { dropped: false, wins: 0, losses: 0 }, started: null } });
  expect(same.look.verdict?.tasks).toBe(heldOutTasks);

  world.setFaults([{ kind: 'refusal', rate: 1, role: 'executor' }]);
  const worse = await look('weekly');
  expect(worse).toMatchObject({ code: 5, look: { verdict: { dropped: true, after: 0, wins: 0 } } });
  expect(worse.look.note).toMatch(/significant at a level of 0\.05; run weekly-\S+ is started/);

  // The run that answers the drop starts from the delivered skill, and says where it comes from.
  const { client, store } = deployment;
  const delivery = await deployment.result('delivered');
  const again = client.workflow.getHandle(worse.look.started ?? '');
  const { type, status, memo } = await again.describe();
  expect({ type, status: status.name }).toEqual({ type: 'optimize', status: 'RUNNING' });
  expect(memo).toMatchObject({ origin: 'delivered', schedule: 'weekly', reevaluation: worse.look.workflowId });
  const { events } = await again.fetchHistory();
  const started = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data ?? '';
  const { state } = JSON.parse(Buffer.from(started).toString()) as { state: { prepared: { plan: string } } };
  const plan = await store.getJson(RunPlan, state.prepared.plan);
  expect(plan).toMatchObject({ seedSkill: delivery.finalSkill, config: { budget: { calls: 400 } } });
  await again.terminate('it has been seen to start');

  // A drop that is being answered starts no second run.
  const later = await look('weekly');
  expect(later).toMatchObject({ code: 5, look: { started: null, verdict: { dropped: true } } });
  expect(later.look.note).toContain(`run ${worse.look.started} has been started for an earlier drop`);
  world.setFaults([]);

  const { data } = await schedule('show', 'weekly');
  const { looks } = z.object({ looks: z.array(Look) }).parse(data);
  expect(looks.map(({ verdict }) => verdict?.after)).toEqual([same.look.verdict?.after, 0, 0]);
});

it('asks one task who answers, and measures the rest only for another model', async () => {
  await schedule(...['create', 'delivered', '--name', 'hourly', '--cron', '0 * * * *', '--on-model-change', '--yes']);
  const same = await look('hourly');
  expect(same).toMatchObject({ code: 0, look: { verdict: null, started: null } });
  expect(same.look.spending.calls).toBeLessThan(5);
  successor = 'simulated-successor';
  const changed = await look('hourly');
  expect(changed).toMatchObject({
    code: 0,
    look: { verdict: { tasks: heldOutTasks }, answerers: [{ model: successor }] },
  });
  expect(changed.look.note).toMatch(/^another model answers \(simulated-successor\)/);
  await schedule('delete', 'hourly');
  expect(await schedule('list')).toMatchObject({ data: [{ name: 'weekly', origin: 'delivered', paused: false }] });
});

it('leaves unmeasured what its budget does not pay for, and waits for nobody', async () => {
  await schedule(...['create', 'delivered', '--name', 'poor', '--cron', '@daily', '--budget-calls', '12']);
  const { look: poor } = await look('poor');
  expect(poor.spending.calls).toBeLessThanOrEqual(12);
  expect(poor.verdict?.tasks).toBeLessThan(heldOutTasks);
  expect(poor.note).toMatch(/\d+ tasks were not paid for by the budget$/);

  // It is forgotten by its own name, whatever it has left; its line in the history of scores stays.
  const { store } = deployment;
  const { workflowId } = poor;
  await untilVerified(store, workflowId);
  expect(await kindsOfRun(store.root, workflowId)).toEqual(['journal', 'histories']);
  await collectStore({ run: workflowId, forget: true, graceHours: 1 });
  expect(await kindsOfRun(store.root, workflowId)).toEqual([]);
  const { data } = await schedule('show', 'poor');
  expect(data).toMatchObject({ looks: [{ workflowId }] });
});
