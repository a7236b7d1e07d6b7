import { crashTests } from './crash-tests';

jest.setTimeout(600_000);

crashTests({
  what: 'worker',
  runs: [
    ['score', 'patch', 'mid-turn'],
    ['turn-journaled', 'accumulate', 'gate'],
  ],
  strike: async (deployment, worker) => {
    await worker.kill();
    await deployment.startWorker();
  },
});
