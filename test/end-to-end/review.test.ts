import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PendingReview } from '../../records/review';
import { deploy, type Deployment } from './deployment';
import { offers, startTamperingProxy, type TamperingProxy } from './tampering-proxy';
import { waitForProgress } from './wait-for-progress';

jest.setTimeout(300_000);

const cli = join(__dirname, '..', '..', 'cli', 'skillgrad.cjs');
const prompts: string[] = [];
let deployment: Deployment;
let proxy: TamperingProxy;
beforeAll(async () => {
  deployment = await deploy({ latencyMs: 0 });
  proxy = await startTamperingProxy(deployment.simulator.url, {
    request: (request) => {
      if (offers(request, 'submit_patch')) prompts.push(JSON.stringify(request.messages));
      return request;
    },
  });
  await deployment.startWorker('worker', { OPENAI_BASE_URL: proxy.url });
});
afterAll(async () => {
  await deployment.stop();
  await proxy.close();
});

async function skillgrad(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const env = { ...process.env, NO_COLOR: '1', SKILLGRAD_HOME: deployment.home.root };
  const all = [cli, ...args, '--address', deployment.server.address];
  return promisify(execFile)(process.execPath, all, { env }).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
}

/** The candidate that waits in a step after `step`. */
async function pendingAfter(run: string, step: number): Promise<PendingReview> {
  const { pause } = await waitForProgress(deployment, run, ({ pause: now }) => (now?.review?.step ?? 0) > step);
  if (pause?.review === undefined) throw new Error('nothing waits');
  return pause.review;
}

it('waits for a person at each patch, who rejects, edits and approves it by its digest', async () => {
  const run = 'reviewed';
  await deployment.startRun(run, {
    ...{ trainTasks: 6, batchSize: 2, gate: { policy: 'none' }, confirmation: false },
    approve: { timeout: null },
  });
  const handle = deployment.client.workflow.getHandle(run);
  const first = await pendingAfter(run, 0);
  const shown = await skillgrad('review', run);
  expect(shown.stdout).toContain(first.candidate);
  expect(shown.stdout).toMatch(/^\+/m);
  expect(shown.stdout).toMatch(/pattern [a-z-]+/);
  expect(shown.stdout).toMatch(/ failure “/);

  const other = `sha256:${'0'.repeat(64)}`;
  await expect(handle.executeUpdate('approve', { args: [{ by: 'test', candidate: other }] })).rejects.toThrow();
  await handle.executeUpdate('reject', { args: [{ by: 'kim', note: 'names a customer', candidate: first.candidate }] });

  const second = await pendingAfter(run, first.step);
  expect(second.base).toBe(first.base);
  expect(prompts.some((prompt) => prompt.includes('names a customer'))).toBe(true);
  expect((await skillgrad('approve', run, '--digest', first.candidate.slice(7, 19))).stderr).toMatch(/stale/);

  const files = await deployment.store.getTree(second.candidate);
  const body = Buffer.from(files.find(({ path }) => path === 'SKILL.md')?.bytes ?? '').toString();
  const mine = join(deployment.home.root, 'SKILL.md');
  writeFileSync(mine, body.replace(/^---\n[^]*?\n---\n/, ''));
  expect((await skillgrad('edit', run, mine)).stderr).toMatch(/nothing has changed/);
  writeFileSync(mine, `${body.trimEnd()}\n\nSay what was done in one sentence.\n`);
  const { edited } = JSON.parse((await skillgrad('edit', run, mine, '--json')).stdout) as {
    edited: { candidate: string };
  };

  const third = await pendingAfter(run, second.step);
  expect(third.base).toBe(edited.candidate);
  await skillgrad('pause', run, '--note', 'back tomorrow');
  const asked = (await skillgrad('status', run)).stdout;
  expect(asked).toMatch(/Run reviewed: paused \(review\.waiting\)/);
  expect(asked).toMatch(/; rejected by kim \(names a customer\)/);
  expect(asked).toMatch(/ · review · /);
  expect(asked).toMatch(/Also paused since .* by .*@.* \("back tomorrow"\): `skillgrad resume reviewed`/);
  const approved = await skillgrad('approve', run, '--digest', third.candidate.slice(7, 19));
  expect(approved.stdout).toMatch(/run reviewed stays paused: `skillgrad resume reviewed` goes on/);
  expect((await skillgrad('status', run)).stdout).toMatch(/paused \(user\): since .* \("back tomorrow"\)/);
  await handle.executeUpdate('resume', { args: [{ by: 'test' }] });
  const { steps, finalSkill } = await deployment.result(run);
  expect(steps.map(({ accepted, review }) => [accepted, review?.action])).toEqual([
    [false, 'reject'],
    [true, 'edit'],
    [true, 'approve'],
  ]);
  expect(finalSkill).toBe(third.candidate);
  expect((await skillgrad('status', run)).stdout).toMatch(/Patches +step 1: .*; rejected by kim \(names a customer\)/);
});

describe('a patch that nobody reviews in time', () => {
  const unattended = (run: string, then: 'accept' | 'reject' | 'pause') =>
    deployment.startRun(run, {
      ...{ trainTasks: 2, gate: { policy: 'none' }, confirmation: false },
      approve: { timeout: { ms: 500, then } },
    });

  it('is left out or goes in, as the run was told', async () => {
    await Promise.all([unattended('left-out', 'reject'), unattended('taken', 'accept')]);
    const leftOut = await deployment.result('left-out');
    expect(leftOut.steps[0]?.review).toEqual({ action: 'reject', by: null, note: 'no review came in time' });
    expect(leftOut.finalSkill).toBe(leftOut.seedSkill);
    const taken = await deployment.result('taken');
    expect(taken.steps[0]).toMatchObject({
      accepted: true,
      review: { action: 'approve', by: null, note: 'no review came in time' },
    });
    expect(taken.finalSkill).toBe(taken.steps[0]?.skill);
    expect(taken.finalSkill).not.toBe(taken.seedSkill);
  });

  it('waits on, and the run says that it is overdue, until somebody comes after all', async () => {
    await unattended('overdue', 'pause');
    const { pause } = await waitForProgress(deployment, 'overdue', ({ pause: now }) => now?.kind === 'review.overdue');
    expect(pause?.message).toMatch(/waits for a review that did not come in time/);
    const handle = deployment.client.workflow.getHandle('overdue');
    await handle.executeUpdate('approve', { args: [{ by: 'kim', candidate: pause?.review?.candidate ?? '' }] });
    const { steps, finalSkill } = await deployment.result('overdue');
    expect(steps[0]?.review).toMatchObject({ action: 'approve', by: 'kim' });
    expect(finalSkill).toBe(pause?.review?.candidate);
  });

  it('is left out by a stop, which says so', async () => {
    await unattended('halted', 'pause');
    await pendingAfter('halted', 0);
    const { stdout } = await skillgrad('stop', 'halted', '--note', 'enough');
    expect(stdout).toMatch(/The patch of step 1, which waited for a review, is left out/);
    const { note, steps } = await deployment.result('halted');
    expect(note).toMatch(/stopped early in epoch 1: asked by .*@.* \("enough"\)/);
    expect(steps[0]).toMatchObject({ accepted: false, review: { action: 'reject', by: null } });
    expect((await skillgrad('audit', 'halted')).stdout).toMatch(
      /left out, as the run was told to stop before the review/,
    );
    expect((await skillgrad('cancel', 'halted')).stderr).toMatch(/Run halted can't be cancelled: it has ended/);
  });
});
