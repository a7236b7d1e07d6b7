import { configOf } from '../../records/baselines';
import { MomentumRecord } from '../../records/momentum';
import type { RunConfig } from '../../records/run-config';
import { parseSkill } from '../../skill/parse';
import { deploy, lightConfig, type Deployment } from './deployment';
import { historiesOf } from './histories';

jest.setTimeout(300_000);

let deployment: Deployment;
beforeAll(async () => {
  deployment = await deploy({ latencyMs: 0 });
  await deployment.startWorker();
});
afterAll(() => deployment.stop());

/** Two epochs without a gate, so that what was learnt in the first one shows as successes in the second. */
const ablated = (ablations: Partial<RunConfig['ablations']>): Partial<RunConfig> => ({
  epochs: 2,
  gate: { policy: 'none' },
  confirmation: false,
  ablations: { momentum: true, contrast: true, layers: true, ...ablations },
});

async function diagnosed(run: string): Promise<string[]> {
  const summaries = (await historiesOf(deployment, run)).flatMap((history) => history.summaries);
  return summaries.filter((summary) => / of task /.test(summary) && /contrastive|failure/.test(summary));
}

it('diagnoses successes too, unless contrast is switched off', async () => {
  await deployment.startRun('contrast', ablated({}));
  await deployment.startRun('no-contrast', ablated({ contrast: false }));
  await Promise.all(['contrast', 'no-contrast'].map((run) => deployment.result(run)));
  expect(await diagnosed('contrast')).toContainEqual(expect.stringContaining('contrastive'));
  const without = await diagnosed('no-contrast');
  expect(without).toContainEqual(expect.stringContaining('failure'));
  expect(without).not.toContainEqual(expect.stringContaining('contrastive'));
});

it('remembers patterns from step to step, unless momentum is switched off', async () => {
  await deployment.startRun('no-momentum', ablated({ momentum: false }));
  const stepsOf = async (run: string): Promise<number[][]> => {
    const { momentum } = await deployment.result(run);
    const { patterns } = await deployment.store.getJson(MomentumRecord, momentum ?? '');
    return patterns.map(({ steps }) => steps);
  };
  expect((await stepsOf('contrast')).some((steps) => steps.length > 1)).toBe(true);
  for (const steps of await stepsOf('no-momentum')) expect(steps).toEqual([4]);
});

it('measures the baselines under the same harness', async () => {
  const config = lightConfig(deployment.provider);
  for (const method of ['no-skill', 'seed-skill', 'one-shot', 'one-pass'] as const) {
    await deployment.startRun(method, configOf(method, config));
  }
  const [none, seed, oneShot, onePass] = await Promise.all(
    ['no-skill', 'seed-skill', 'one-shot', 'one-pass'].map((run) => deployment.result(run)),
  );
  expect(none?.steps).toEqual([]);
  expect(none?.heldOut.before).toEqual(seed?.heldOut.before);
  expect(seed?.heldOut.after).toEqual(seed?.heldOut.before);
  expect(oneShot?.steps).toEqual([]);
  expect(oneShot?.finalSkill).not.toBe(oneShot?.seedSkill);
  const written = await deployment.store.getTree(oneShot?.finalSkill ?? 'sha256:');
  expect(parseSkill(written, 'weak-spreadsheet-skill').warnings).toEqual([]);
  expect(onePass?.steps.map(({ tasks }) => tasks)).toEqual([4]);
  expect(onePass?.finalSkill).not.toBe(onePass?.seedSkill);
});
