import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { RunResult } from '../records/progress';
import type { OptimizeInput, OptimizeResult } from '../records/workflows';
import { expectedSolveRate, seedSkillDir, type ReadSkill } from '../simulator/worlds/solve-rate';
import { worldNamed } from '../simulator/worlds/world';
import { parseSkill } from '../skill/parse';
import type { ArtifactStore } from '../store/artifact-store';
import type { StudyDeployment } from './deployment';
import { nameOf, StudyRun, type Cell } from './results';
import { studyConfig } from './settings';

/** A run that pauses, which only a defect can bring about here, must not hold the study up for ever. */
const timeLimit = '20 minutes';

async function skillIn(store: ArtifactStore, version: string): Promise<ReadSkill> {
  const files = await store.getTree(version);
  const references = files.filter(({ path }) => path.startsWith('references/'));
  return {
    body: parseSkill(files, undefined, 'lenient').body,
    references: Object.fromEntries(references.map(({ path, bytes }) => [path, Buffer.from(bytes).toString('utf8')])),
  };
}

/** Starts the run, or joins it where an interrupted study has started it before. */
async function resultOf(deployment: StudyDeployment, input: OptimizeInput, signal: AbortSignal): Promise<RunResult> {
  const { client, taskQueue, store } = deployment;
  try {
    await client.workflow.start('optimize', {
      workflowId: input.run,
      taskQueue,
      args: [input],
      workflowExecutionTimeout: timeLimit,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  const handle = client.workflow.getHandle(input.run);
  const { result } = await client.withAbortSignal(signal, () => handle.result() as Promise<OptimizeResult>);
  return store.getJson(RunResult, result);
}

/**
 * Runs the product's own `optimize` workflow for one cell and takes down what came of it, with the exact solve rates.
 *
 * @param code digest of the code; part of the run's name, so that other code never joins its runs
 * @param signal ends the wait, not the run
 * @throws the workflow's failure when the run fails or takes too long
 */
export async function runOnce(
  deployment: StudyDeployment,
  cell: Cell,
  code: string,
  signal: AbortSignal,
): Promise<StudyRun> {
  const { world: worldName, setting, seed } = cell;
  const input = {
    run: `${nameOf(cell)}-${code.slice(0, 8)}`,
    skillDir: seedSkillDir,
    dataDir: await deployment.dataFor(seed),
    config: studyConfig(worldName, setting, seed, deployment.provider),
    searchable: false,
  };
  const result = await resultOf(deployment, input, signal);
  const world = worldNamed(worldName);
  const rateOf = async (version: string): Promise<number> =>
    expectedSolveRate(world, await skillIn(deployment.store, version));
  const noSkill = expectedSolveRate(world, { body: null, references: {} });
  const seedRate = await rateOf(result.seedSkill);
  return StudyRun.parse({
    ...cell,
    code,
    expected: {
      noSkill,
      seed: seedRate,
      final: setting === 'no-skill' ? noSkill : await rateOf(result.finalSkill),
    },
    heldOut: result.heldOut,
    validation: result.validation,
    steps: result.steps.length,
    accepted: result.steps.filter(({ accepted }) => accepted).length,
    changed: result.finalSkill !== result.seedSkill,
    calls: result.spending.calls,
  });
}
