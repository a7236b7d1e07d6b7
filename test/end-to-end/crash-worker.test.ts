import { crashRuns } from './crash-points';
import { crashTests } from './crash-tests';

jest.setTimeout(600_000);

crashTests({
  what: 'worker',
  runs: crashRuns,
  strike: async (deployment, worker) => {
    await worker.kill();
    await deployment.startWorker();
  },
});
