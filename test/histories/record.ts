import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { demoData, deploy, weakSkill, type Deployment } from '../end-to-end/deployment';
import { scenarios, type Scenario } from './scenarios';

/**
 * Records the histories that `replay.test.ts` replays: runs each scenario on a server of its own and writes all its
 * executions here, `<scenario>/<workflow>.<number>.json.gz`, without what tells of the machine.
 *
 * @param names of the scenarios to record; none: all, and what belongs to no scenario any more is removed
 */
async function record(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown !== undefined) throw new Error(`${unknown} is no scenario; there are: ${scenarios.map(({ name }) => name).join(', ')}`);
  const wanted = scenarios.filter(({ name }) => names.length === 0 || names.includes(name));
  for (const entry of readdirSync(__dirname, { withFileTypes: true })) {
    if (names.length === 0 && entry.isDirectory()) rmSync(join(__dirname, entry.name), { recursive: true });
  }
  for (const continued of [false, true]) {
    const these = wanted.filter((scenario) => (scenario.continued ?? false) === continued);
    if (these.length === 0) continue;
    const config = continued ? ['limit.historyCount.suggestContinueAsNew=10'] : [];
    const deployment = await deploy({ latencyMs: 0 }, config);
    try {
      // Copies, since the inputs of a run name its folders.
      const skillDir = join(deployment.home.root, 'inputs', 'weak-spreadsheet-skill');
      const dataDir = join(deployment.home.root, 'inputs', 'data');
      cpSync(weakSkill, skillDir, { recursive: true });
      cpSync(demoData, dataDir, { recursive: true });
      await deployment.startWorker();
      for (const scenario of these) await recordOne(deployment, scenario, { skillDir, dataDir });
    } finally {
      await deployment.stop();
    }
  }
}

async function recordOne(
  deployment: Deployment,
  { name, config, steer, cancelled }: Scenario,
  inputs: { skillDir: string; dataDir: string },
): Promise<void> {
  await deployment.startRun(name, config, inputs);
  await steer?.(deployment, name);
  if (cancelled) await deployment.client.workflow.getHandle(name).result().catch(expectCancelled);
  else await deployment.result(name);
  const folder = join(__dirname, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const executions = [];
  const query = `WorkflowId = "${name}" OR WorkflowId STARTS_WITH "${name}/"`;
  for await (const info of deployment.client.workflow.list({ query })) executions.push(info);
  executions.sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
  const numbers = new Map<string, number>();
  let bytes = 0;
  for (const { workflowId, runId } of executions) {
    const number = (numbers.get(workflowId) ?? 0) + 1;
    numbers.set(workflowId, number);
    const history = await deployment.client.workflow.getHandle(workflowId, runId).fetchHistory();
    const packed = gzipSync(withoutMachine(historyToJSON(history)), { level: 9 });
    writeFileSync(join(folder, `${workflowId.replaceAll('/', '.')}.${number}.json.gz`), packed);
    bytes += packed.length;
  }
  process.stdout.write(`${name}: ${executions.length} histories, ${Math.ceil(bytes / 1024)} kB\n`);
}

function expectCancelled(error: unknown): void {
  if (!(error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure)) throw error;
}

/** Replays read neither: who did it is a process and a host, and a stack names files. */
function withoutMachine(json: string): string {
  return JSON.stringify(JSON.parse(json), (key, value: unknown) => {
    if (key === 'identity') return 'recorder';
    return key === 'stackTrace' ? '' : value;
  });
}

record(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
