import { appendFileSync, cpSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
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
    await waitForProgress(deployment, 'full', ({ epoch, stage }) => epoch > 0 && stage !== 'execute');
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

  it('pauses the run before the disk is full, so that no answer is paid for and lost', async () => {
    const { store } = deployment.home;
    const ballast = join(store, 'ballast');
    await deployment.startRun('filling', { pauseAfterMs: 2000 });
    await waitForProgress(deployment, 'filling', ({ spending }) => spending.calls > 0);
    const { bavail, bsize } = statfsSync(store);
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - 2 * 1024 * 1024));
    const { pause } = await waitForProgress(deployment, 'filling', (progress) => progress.pause !== null);
    expect(pause).toMatchObject({ kind: 'store.disk-full', message: expect.stringMatching(/has [12]\.\d MiB free/) });
    rmSync(ballast);
    await deployment.client.workflow.getHandle('filling').executeUpdate('resume', { args: [{ by: 'test' }] });
    expect(await outcomeOf(deployment, 'filling')).toEqual(await outcomeOf(deployment, 'full'));
    expect(accountCalls(deployment, 'filling')).toMatchObject({ repeated: [], lost: [] });
  });
});
