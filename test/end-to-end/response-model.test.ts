import { deploy, type Deployment } from './deployment';
import { offers, startTamperingProxy } from './tampering-proxy';

jest.setTimeout(300_000);

let deployment: Deployment;
beforeAll(async () => {
  deployment = await deploy();
});
afterAll(() => deployment.stop());

it('warns when the provider answers with another model than before', async () => {
  let patches = 0;
  const proxy = await startTamperingProxy(deployment.simulator.url, {
    answer: (text, request) => {
      if (!offers(request, 'submit_patch')) return text;
      patches += 1;
      return patches === 1 ? text : text.replaceAll('"simulated', '"another');
    },
  });
  await deployment.startWorker('worker', { OPENAI_BASE_URL: proxy.url });
  await deployment.startRun('changed');
  const { warnings } = await deployment.result('changed');
  expect(warnings.filter((warning) => /came from several models: another/.test(warning))).toHaveLength(1);
  await proxy.close();
});
