import { crashPoints } from './crash-points';
import { crashTests } from './crash-tests';

jest.setTimeout(600_000);

crashTests({
  what: 'worker',
  points: crashPoints,
  strike: async (deployment, worker) => {
    await worker.kill();
    await deployment.startWorker();
  },
});
