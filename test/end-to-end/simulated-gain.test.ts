import type { RunConfig } from '../../records/run-config';
import { deploy, type Deployment } from './deployment';
import { offers, startTamperingProxy, withSection, type Request, type TamperingProxy } from './tampering-proxy';

jest.setTimeout(600_000);

/** No gate and no confirmation: what the optimiser learns is delivered, good or not. */
const ungated: Partial<RunConfig> = {
  trainTasks: 10,
  trainingPool: 28,
  validationTasks: 1,
  heldOutTasks: 16,
  batchSize: 5,
  gate: { policy: 'none' },
  confirmation: false,
};

let deployment: Deployment;
let proxy: TamperingProxy | null = null;
beforeAll(async () => {
  deployment = await deploy({ latencyMs: 0 });
});
afterEach(async () => {
  await proxy?.close();
  proxy = null;
});
afterAll(() => deployment.stop());

async function gainOf(run: string, change: Parameters<typeof startTamperingProxy>[1]): Promise<number> {
  proxy = await startTamperingProxy(deployment.simulator.url, change);
  const worker = await deployment.startWorker(run, { OPENAI_BASE_URL: proxy.url });
  await deployment.startRun(run, ungated);
  const { heldOut } = await deployment.result(run);
  worker.signal('SIGKILL');
  return heldOut.after.solved - heldOut.before.solved;
}

it('learns from mismatches and record: held-out tasks are gained', async () => {
  expect(await gainOf('untouched', {})).toBeGreaterThanOrEqual(4);
});

it('gains nothing when the diagnoser sees no mismatches', async () => {
  const request = (original: Request): Request => {
    if (!offers(original, 'submit_diagnosis')) return original;
    return withSection(withSection(original, 'Score', { mismatches: [] }), 'Earlier score', { mismatches: [] });
  };
  expect(await gainOf('blind', { request })).toBeLessThanOrEqual(0);
});

it('gains nothing when the patcher gets an empty record', async () => {
  const request = (original: Request): Request =>
    offers(original, 'submit_patch')
      ? withSection(original, 'Momentum record', { step: 1, patterns: [], overlay: [], themes: [] })
      : original;
  expect(await gainOf('forgetful', { request })).toBeLessThanOrEqual(0);
});
