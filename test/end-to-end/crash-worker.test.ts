import { crashTests } from './crash-tests';

jest.setTimeout(600_000);

crashTests('worker', async (deployment, worker) => {
  await worker.kill();
  await deployment.startWorker();
});
