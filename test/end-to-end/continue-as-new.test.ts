import { rewindRun } from '../../cli/runs/rewind-run';
import { until } from '../cli/command-line';
import { deploy, type Deployment } from './deployment';
import { outcomeOf } from './run-outcome';
import { waitForProgress } from './wait-for-progress';

jest.setTimeout(600_000);

const asSoonAsTheyMay = ['limit.historyCount.suggestContinueAsNew=10'];
const deployments: Deployment[] = [];
afterAll(() => Promise.all(deployments.map((deployment) => deployment.stop())));

async function begin(serverConfig: string[]): Promise<Deployment> {
  const deployment = await deploy({}, serverConfig);
  deployments.push(deployment);
  await deployment.startWorker();
  return deployment;
}

async function start(serverConfig: string[]): Promise<Deployment> {
  const deployment = await begin(serverConfig);
  await deployment.startRun('long', { epochs: 2, batchSize: 1, heldOutTasks: 26 });
  return deployment;
}

async function listed({ client }: Deployment, query: string) {
  const found: { workflowId: string; type: string }[] = [];
  for await (const { workflowId, type } of client.workflow.list({ query })) found.push({ workflowId, type });
  return found;
}

/** Types of the workflows that continued as new, those whose id begins so. */
async function continued(deployment: Deployment, prefix = ''): Promise<string[]> {
  const workflows = await listed(deployment, 'ExecutionStatus = "ContinuedAsNew"');
  const types = workflows.filter(({ workflowId }) => workflowId.startsWith(prefix)).map(({ type }) => type);
  return [...new Set(types)].sort();
}

const arrivals = ({ simulator }: Deployment, run: string): number =>
  Object.entries(simulator.stats().byCall)
    .filter(([call]) => call.startsWith(`${run}/`))
    .reduce((sum, [, calls]) => sum + calls.length, 0);

/** Pauses a run while one of its gates measures, sees that no call is made any more, and lets it go on. */
async function pauseInGate(deployment: Deployment, run: string): Promise<void> {
  const { client } = deployment;
  const handle = client.workflow.getHandle(run);
  const gates = () =>
    listed(deployment, `WorkflowId STARTS_WITH "${run}/epoch-1/gate-" AND ExecutionStatus = "Running"`);
  const idle = async (workflowId: string): Promise<boolean> => {
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    return (raw.pendingActivities ?? []).length === 0;
  };
  for (;;) {
    await until('a gate measures', async () => (await gates()).length > 0);
    await handle.executeUpdate('pause', { args: [{ by: 'test' }] });
    const { stage } = await waitForProgress(deployment, run, ({ pause }) => pause?.kind === 'user');
    if (stage === 'gate') break;
    // It was over before the pause came: the next one, then.
    await handle.executeUpdate('resume', { args: [{ by: 'test' }] });
  }
  const [gate] = await gates();
  expect(gate).toBeDefined();
  await until('what was under way has ended', () => idle(gate?.workflowId ?? ''));
  const before = arrivals(deployment, run);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(arrivals(deployment, run)).toBe(before);
  await handle.executeUpdate('resume', { args: [{ by: 'test' }] });
  await until('it goes on', () => arrivals(deployment, run) > before);
}

it('comes to the same end when its workflows continue as new as soon as they may, paused in between', async () => {
  const whole = await start([]);
  const expected = await outcomeOf(whole, 'long');
  expect(await continued(whole)).toEqual([]);
  const cut = await start(asSoonAsTheyMay);
  await until('the epoch has continued as new', async () => (await continued(cut, 'long/epoch-1')).includes('epoch'));
  await pauseInGate(cut, 'long');
  expect(await outcomeOf(cut, 'long')).toEqual(expected);
  expect(await continued(cut)).toEqual(['epoch', 'evaluate', 'optimize']);
  expect((await cut.result('long')).spending).toEqual((await whole.result('long')).spending);

  const { client, store } = cut;
  await expect(rewindRun(client, store, 'long', 1, undefined)).rejects.toThrow(
    /can't be rewound to epoch 1: it has continued as new since\. `skillgrad fork long --epoch 1` goes on/,
  );
});

it('is paused in a gate that has continued as new itself', async () => {
  const cut = deployments[1] ?? (await begin(asSoonAsTheyMay));
  // The gate decides nothing before its last task, and has more tasks than come in one page.
  const gate = { policy: 'race', block: 17, maxTasks: 34, acceptLead: 34, refuseLead: -34 } as const;
  const sizes = { trainTasks: 2, trainingPool: 6, validationTasks: 34, heldOutTasks: 8 };
  await cut.startRun('gated', { ...sizes, gate });
  await until(
    'the gate has continued as new',
    async () => (await continued(cut, 'gated/epoch-1/gate-')).length > 0,
    300_000,
  );
  await pauseInGate(cut, 'gated');
});
