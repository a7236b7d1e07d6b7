import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mountSmallDisk } from '../mount-disk';
import { describeSmallDisk } from '../small-disk';
import { accountCalls } from './call-accounts';
import { deploy, type Deployment } from './deployment';
import { outcomeOf } from './run-outcome';
import { waitForProgress } from './wait-for-progress';

jest.setTimeout(300_000);

describeSmallDisk('a disk that fills up in the middle of a run', () => {
  let deployment: Deployment;
  let unmount: () => void;
  beforeAll(async () => {
    deployment = await deploy({ latencyMs: 100 });
    const { store } = deployment.home;
    const kept = mkdtempSync(join(tmpdir(), 'skillgrad-kept-'));
    cpSync(store, kept, { recursive: true });
    unmount = mountSmallDisk(store, '64m');
    cpSync(kept, store, { recursive: true });
    rmSync(kept, { recursive: true, force: true });
    await deployment.startWorker();
  });
  afterAll(async () => {
    unmount();
    await deployment.stop();
  });

  it('pauses the run with the reason, and lets it go on to the same end without a call repeated', async () => {
    await deployment.startRun('undisturbed');
    const undisturbed = await outcomeOf(deployment, 'undisturbed');

    await deployment.startRun('full', { pauseAfterMs: 2000 });
    await waitForProgress(deployment, 'full', ({ stage }) => stage === 'diagnose');
    const ballast = join(deployment.home.store, 'ballast');
    expect(() => {
      for (;;) appendFileSync(ballast, Buffer.alloc(16 * 1024));
    }).toThrow(/ENOSPC/);
    const { pause } = await waitForProgress(deployment, 'full', (progress) => progress.pause !== null);
    expect(pause?.kind).toBe('store.disk-full');
    expect(pause?.fix).toMatch(/free space on the disk/);

    rmSync(ballast);
    await deployment.client.workflow.getHandle('full').executeUpdate('resume', { args: [{ by: 'test' }] });
    expect(await outcomeOf(deployment, 'full')).toEqual(undisturbed);
    expect(accountCalls(deployment, 'full').repeated).toEqual([]);
  });
});
