import { MomentumRecord } from '../../records/momentum';
import { paperRounds, paperSplit } from '../../records/paper-protocol';
import { RunPlan } from '../../records/plan';
import { Patch } from '../../records/patch';
import { profiles, type RunConfig } from '../../records/run-config';
import { openBenchmark } from '../../benchmarks/open-benchmark';
import { demoData, deploy, type Deployment } from './deployment';
import { historiesOf } from './histories';

jest.setTimeout(300_000);

const { sampling, firstStep, gate, confirmation, edits, trainingPool } = profiles.paper;
const paper: Partial<RunConfig> = {
  ...{ sampling, firstStep, gate, confirmation, edits, trainingPool },
  ...{ seed: 0, validationTasks: 20, trainTasks: 6, batchSize: 3 },
};
const fixedUpdates: Partial<RunConfig> = {
  ...{ schedule: 'fixed-updates', updates: 3, trainTasks: 3, batchSize: 2, validationTasks: 3 },
  ...{ gate: { policy: 'non-inferior', maxTasks: 3, margin: 0.34 }, gateSamples: 2 },
};

let deployment: Deployment;
beforeAll(async () => {
  deployment = await deploy();
  await deployment.startWorker();
  await deployment.startRun('paper', paper);
  await deployment.startRun('fixed', fixedUpdates);
});
afterAll(() => deployment.stop());

async function summariesOf(run: string, workflowId: string): Promise<string[]> {
  return (await historiesOf(deployment, run)).find((facts) => facts.workflowId === workflowId)?.summaries ?? [];
}

describe("a run by the paper's protocol", () => {
  it("splits the tasks by Python's shuffles, runs the whole pool, and trains on failures in the paper's order", async () => {
    const { store } = deployment;
    const result = await deployment.result('paper');
    const plan = await store.getJson(RunPlan, result.plan);
    const ids = (await openBenchmark('spreadsheetbench').load(demoData)).map(({ id }) => id);
    const expected = paperSplit(ids, 0, { trainingPool: 200, validationTasks: 20, heldOutTasks: 4 });
    const named = ({ training, validation, heldOut }: RunPlan) =>
      [training, validation, heldOut].map((entries) => entries.map(({ id }) => id));
    expect(named(plan)).toEqual([expected.training, expected.validation, expected.heldOut]);
    expect(result.warnings).toContain(expected.scaledDown);

    const based = await summariesOf('paper', 'paper/base');
    const taskOf = (summary: string) => /task (\S+),/.exec(summary)?.[1] ?? '';
    expect([...new Set(based.map(taskOf).filter(Boolean))].sort()).toEqual([...expected.training].sort());
    const trained = (await summariesOf('paper', 'paper/epoch-1')).map((summary) =>
      /^epoch 1, step 1: task (\S+),/.exec(summary),
    );
    const batch = [...new Set(trained.flatMap((match) => match?.[1] ?? []))];
    expect(batch).toHaveLength(3);
    for (const id of batch) expect(expected.training).toContain(id);
    expect(paperRounds(expected.training, 1000, 0)(1)).toEqual(expect.arrayContaining(batch));
  });

  it('patches before it accumulates in the first step alone, and starts the record from the patched skill', async () => {
    const { store } = deployment;
    const result = await deployment.result('paper');
    const facts = (await historiesOf(deployment, 'paper')).find(({ workflowId }) => workflowId === 'paper/epoch-1');
    const order = facts?.activityTypes.filter((type) => type === 'patch' || type === 'accumulate');
    expect(order).toEqual(['patch', 'accumulate', 'accumulate', 'patch']);
    const given = facts?.inputs.filter((_input, index) => facts.activityTypes[index] === 'accumulate');
    // The first patch is shown to the second step alone, as any step is shown the patch of the one before it.
    expect(given).toMatchObject([{ previous: null }, { previous: { step: 1, provisional: true } }]);
    const patches = await Promise.all(result.steps.map(({ patch }) => store.getJson(Patch, patch ?? '')));
    expect(patches[0]?.base).toBe(result.seedSkill);
    expect(patches[0]?.applied.length).toBeGreaterThan(0);
    expect(patches[1]?.base).toBe(patches[0]?.candidate);
    expect(result.finalSkill).toBe(result.steps.at(-1)?.skill);
    const record = await store.getJson(MomentumRecord, result.momentum ?? '');
    expect(record.patterns.some(({ steps }) => steps.includes(1))).toBe(true);
    expect(record.patterns.some(({ remedies }) => remedies.some(({ step }) => step === 1))).toBe(true);
  });
});

describe('a run of fixed updates behind a gate of two samples', () => {
  it('makes exactly so many full steps', async () => {
    const { steps } = await deployment.result('fixed');
    expect(steps.map(({ step, tasks }) => [step, tasks])).toEqual([
      [1, 2],
      [2, 2],
      [3, 2],
    ]);
  });

  it('measures an accepted version afresh for the next comparison, and each version twice a task', async () => {
    const { steps } = await deployment.result('fixed');
    let accepted = 0;
    let gates = 0;
    for (const { step, verdict } of steps) {
      if (verdict === null) continue;
      gates += 1;
      const samples = (await summariesOf('fixed', `fixed/epoch-1/gate-${step}`)).flatMap((summary) => {
        const match = /^gate: task \S+, skill \S+, sample (\d+)/.exec(summary);
        return match ? [Number(match[1])] : [];
      });
      expect([...new Set(samples)].sort()).toEqual([2 * accepted + 1, 2 * accepted + 2]);
      accepted += verdict.accepted ? 1 : 0;
    }
    expect(gates).toBeGreaterThan(0);
    expect(accepted).toBeGreaterThan(0);
  });

  it('delivers the best version if it is ahead of the seed on fresh samples, else the seed, and says so', async () => {
    const result = await deployment.result('fixed');
    const best = result.steps.filter(({ accepted }) => accepted).at(-1)?.skill ?? result.seedSkill;
    const rollouts = (await summariesOf('fixed', 'fixed/confirmation')).filter((summary) => summary.includes('task'));
    expect(rollouts.length).toBeGreaterThan(0);
    for (const summary of rollouts) expect(summary).toMatch(/sample 1000000(: |$)/);
    const { before, after } = result.validation ?? { before: { solved: 0 }, after: { solved: 0 } };
    if (after.solved > before.solved) expect([result.finalSkill, result.note]).toEqual([best, null]);
    else {
      expect(result.finalSkill).toBe(result.seedSkill);
      expect(result.note).toMatch(/the seed is delivered/);
    }
  });
});
