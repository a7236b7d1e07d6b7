import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditDocument } from '../../cli/audits/audit-document';
import { auditRun, type AuditedRun } from '../../cli/audits/build-account';
import { checkRun } from '../../cli/audits/check-account';
import { asText } from '../../cli/audits/document';
import { readExecutions } from '../../cli/audits/executions';
import { deriveRun } from '../../cli/runs/derive-run';
import { originText } from '../../cli/runs/origin';
import { recordedEpoch } from '../../cli/runs/recorded-epoch';
import { rewindRun } from '../../cli/runs/rewind-run';
import type { Origin } from '../../records/plan';
import { RunPlan } from '../../records/plan';
import { Patch } from '../../records/patch';
import type { PendingReview } from '../../records/review';
import type { RunConfig } from '../../records/run-config';
import { seedSkillDir } from '../../simulator/worlds/solve-rate';
import { modelOf } from '../../simulator/worlds/world';
import { worldRoles } from '../../simulator/worlds/world-roles';
import { worldTask } from '../../simulator/worlds/world-tasks';
import { enterQuarantine } from '../../store/quarantine';
import { deploy, type Deployment } from '../end-to-end/deployment';
import { waitForProgress } from '../end-to-end/wait-for-progress';
import { commandLine } from './command-line';

jest.setTimeout(600_000);

const model = modelOf('hidden-pitfalls');
const sizes = { trainingPool: 8, validationTasks: 4, heldOutTasks: 3 };
/** Every candidate passes a gate that measures two tasks. */
const config: Partial<RunConfig> = {
  ...{ ...sizes, benchmark: 'custom', trainTasks: 3, batchSize: 1, seed: 9 },
  gate: { policy: 'non-inferior', maxTasks: 2, margin: 0.99 },
  models: { executor: model, diagnoser: model, accumulator: model, patcher: model },
  prices: { [model]: { inputUsd: 1, outputUsd: 4, label: 'simulated' } },
};

let deployment: Deployment;
let dataDir: string;
beforeAll(async () => {
  // Every workflow continues as new as soon as it may.
  deployment = await deploy({ latencyMs: 20, roles: worldRoles }, ['limit.historyCount.suggestContinueAsNew=10']);
  await deployment.startWorker();
  dataDir = join(deployment.home.root, 'tasks');
  mkdirSync(dataDir);
  const count = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  writeFileSync(
    join(dataDir, 'dataset.json'),
    JSON.stringify(Array.from({ length: count }, (_, index) => worldTask(1, index))),
  );
});
afterAll(() => deployment.stop());

const start = (run: string, over: Partial<RunConfig> = {}): Promise<void> =>
  deployment.startRun(run, { ...config, ...over }, { skillDir: seedSkillDir, dataDir });

const update = (run: string, name: string, words: object): Promise<unknown> =>
  deployment.client.workflow.getHandle(run).executeUpdate(name, { args: [{ by: 'kim@desk', ...words }] });

/** Audits a run from server and store; what `audit` prints of it, and what `audit --check` finds. */
async function audit(run: string): Promise<{ audited: AuditedRun; text: string; discrepancies: string[] }> {
  const { client, store } = deployment;
  const problems: string[] = [];
  const audited = await auditRun(store, run, await readExecutions(client, store, run, problems), problems);
  const { discrepancies } = await checkRun(store, audited);
  return { audited, text: asText(auditDocument(audited.account)), discrepancies };
}

async function pendingAfter(run: string, step: number): Promise<PendingReview> {
  const { pause } = await waitForProgress(deployment, run, ({ pause: now }) => (now?.review?.step ?? 0) > step);
  if (pause?.review === undefined) throw new Error('nothing waits');
  return pause.review;
}

/** A person's version of a candidate, as `edit` puts it in the store. */
async function edited({ candidate, patch }: PendingReview): Promise<{ candidate: string; patch: string }> {
  const { store } = deployment;
  const files = await store.getTree(candidate);
  const tree = await store.putTree(
    files.map((file) =>
      file.path === 'SKILL.md'
        ? { ...file, bytes: Buffer.concat([file.bytes, Buffer.from('\nSay what was done.\n')]) }
        : file,
    ),
  );
  return { candidate: tree, patch: await store.putJson({ ...(await store.getJson(Patch, patch)), candidate: tree }) };
}

it('accounts for what people decided, for what a rewind gave up and for a task in quarantine', async () => {
  const { client, store } = deployment;
  const run = 'reviewed';
  const budget = { costUsd: 100, calls: null, tokens: null, hours: null };
  await start(run, { approve: { timeout: null }, budget });
  const given = await pendingAfter(run, 0);
  await update(run, 'approve', { candidate: given.candidate, note: 'too soon' });
  await pendingAfter(run, given.step);
  await rewindRun(client, store, run, 1, 'looked at the wrong diff');

  const first = await pendingAfter(run, 0);
  const { heldOut } = await store.getJson(RunPlan, first.plan);
  const [left, released] = heldOut.slice(0, 2).map(({ id }) => id) as [string, string];
  const reason = `task ${left} is in quarantine: it was put there`;
  for (const taskId of [left, released]) {
    await enterQuarantine(store, run, { taskId, stage: 'execute', reason, at: new Date(0).toISOString() });
  }
  const { home } = deployment;
  const resumed = await commandLine(home.root, home).run([
    'resume',
    run,
    '--release',
    released,
    '--note',
    'more memory',
  ]);
  // A review is no pause that `resume` ends: it says so, and the task is out all the same.
  expect(resumed).toMatchObject({ code: 1, stderr: expect.stringContaining(`Run ${run} still waits`) });
  expect(resumed.stdout).toContain(`Task ${released} is out of quarantine.`);
  await update(run, 'reject', { candidate: first.candidate, note: 'names a customer' });
  const second = await pendingAfter(run, first.step);
  const mine = await edited(second);
  await update(run, 'edit', { candidate: second.candidate, edited: mine });
  const third = await pendingAfter(run, second.step);
  await update(run, 'addBudget', { costUsd: 1.5 });
  await update(run, 'approve', { candidate: third.candidate });
  const result = await deployment.result(run);

  const { audited, text, discrepancies } = await audit(run);
  expect(discrepancies).toEqual([]);
  const { phases, quarantined, executions } = audited.account;
  const steps = phases.filter((phase) => phase.kind === 'step');
  const shown = steps.map(({ step, takenBack, accepted, review }) => [step, takenBack, accepted, review?.action]);
  expect(shown).toEqual([
    [1, true, true, 'approve'],
    [2, true, null, undefined],
    [1, false, false, 'reject'],
    [2, false, true, 'edit'],
    [3, false, true, 'approve'],
  ]);
  expect(steps.slice(2).map(({ skillAfter }) => skillAfter)).toEqual(result.steps.map(({ skill }) => skill));
  expect(quarantined).toEqual([{ taskId: left, reason }]);
  expect(result.heldOut.after.tasks).toBe(sizes.heldOutTasks - 1);
  expect(executions.some(({ status }) => status === 'CONTINUED_AS_NEW')).toBe(true);
  expect(text).toMatch(/rewound to the start of epoch 1: looked at the wrong diff/);
  expect(text).toMatch(/Review +rejected by kim@desk: “names a customer”/);
  expect(text).toMatch(new RegExp(`Review +edited by kim@desk, candidate ${mine.candidate.slice(7, 19)}`));
  expect(text).toContain(reason);
  expect(text).toContain('budget raised by kim@desk ($1.50)');
  expect(text).not.toMatch(/\bRUN\b|\{"/);
});

it('accounts for a cancelled run, and for a fork and a replay of it', async () => {
  const { client, store } = deployment;
  const run = 'cancelled';
  await start(run);
  // Most likely while the epoch is about to continue as new, between its first two steps.
  await waitForProgress(deployment, run, ({ step, stage }) => step > 2 || (step === 2 && stage === 'gate'));
  // Calls that never end: it can't be quicker than its cancellation.
  deployment.simulator.setFaults([{ kind: 'hang', rate: 1, role: 'executor' }]);
  await update(run, 'cancel', { note: 'wrong data' });
  const handle = client.workflow.getHandle(run);
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow();
  deployment.simulator.setFaults([]);
  const { audited, text, discrepancies } = await audit(run);
  expect(discrepancies).toEqual([]);
  const epochs = audited.account.executions.filter(({ type }) => type === 'epoch');
  expect(epochs.at(-1)?.status).toBe('CANCELLED');
  expect(epochs.slice(0, -1).every(({ status }) => status === 'CONTINUED_AS_NEW')).toBe(true);
  expect(audited.account.cancelled?.spending).toEqual(audited.account.costs.total);
  expect(text).toMatch(/Cancelled +\S.*by kim@desk: “wrong data”/);
  expect(text).not.toMatch(/gave up at attempt/);

  const known = await recordedEpoch(client, store, run, 1);
  const { taskQueue, simulator, provider } = deployment;
  const record = {
    ...{ run, taskQueue, provider, baseUrl: simulator.url, simulator: null, server: { kind: 'embedded' as const } },
    ...{ notify: [], rpm: null, tpm: null, startedAt: new Date().toISOString() },
  };
  for (const kind of ['fork', 'replay'] satisfies Origin['kind'][]) {
    const changes = { config: known.plan.config, seeds: known.plan.seeds };
    const { derived, skillDir } = await deriveRun(store, known, kind, kind, changes, record);
    if (derived === undefined) throw new Error('it comes from another run');
    const { origin: _origin, ...state } = derived;
    await deployment.startRun(kind, known.plan.config, { skillDir, dataDir, ...state });
    await deployment.result(kind);
    const derivedAudit = await audit(kind);
    expect(derivedAudit.discrepancies).toEqual([]);
    expect(derivedAudit.text).toContain(originText({ kind, run, epoch: 1 }));
  }
});
