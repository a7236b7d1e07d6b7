import { deploy, type Deployment } from './deployment';
import { outcomeOf } from './run-outcome';

jest.setTimeout(300_000);

const deployments: Deployment[] = [];
afterAll(() => Promise.all(deployments.map((deployment) => deployment.stop())));

async function start(serverConfig: string[]): Promise<Deployment> {
  const deployment = await deploy({}, serverConfig);
  deployments.push(deployment);
  await deployment.startWorker();
  await deployment.startRun('long', { epochs: 2, batchSize: 1, heldOutTasks: 26 });
  return deployment;
}

/** Workflows of the run that continued as new, by type. */
async function continued({ client }: Deployment): Promise<string[]> {
  const types = new Set<string>();
  const query = 'ExecutionStatus = "ContinuedAsNew"';
  for await (const { type } of client.workflow.list({ query })) types.add(type);
  return [...types].sort();
}

it('comes to the same end when its workflows continue as new as soon as they may', async () => {
  const whole = await start([]);
  const expected = await outcomeOf(whole, 'long');
  expect(await continued(whole)).toEqual([]);
  const cut = await start(['limit.historyCount.suggestContinueAsNew=10']);
  expect(await outcomeOf(cut, 'long')).toEqual(expected);
  expect(await continued(cut)).toEqual(['epoch', 'evaluate', 'optimize']);
  expect((await cut.result('long')).spending).toEqual((await whole.result('long')).spending);
});
