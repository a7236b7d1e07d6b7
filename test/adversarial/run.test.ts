import { seedNumber } from '../../records/seeded';
import { deploy, type Deployment } from '../end-to-end/deployment';
import { outcomeOf } from '../end-to-end/run-outcome';
import { offers, startTamperingProxy, type TamperingProxy } from '../end-to-end/tampering-proxy';
import { adversarialAnswer, type OptimiserRole } from './answers';

jest.setTimeout(300_000);

const roles: [OptimiserRole, string][] = [
  ['diagnoser', 'submit_diagnosis'],
  ['accumulator', 'submit_momentum_update'],
  ['patcher', 'submit_patch'],
];
/** Adversarial answers that the proxy chooses from, by the text of the request. */
const answers = 10_000;

let deployment: Deployment;
let proxy: TamperingProxy;
let tampered = 0;
beforeAll(async () => {
  deployment = await deploy({ latencyMs: 0 });
  proxy = await startTamperingProxy(deployment.simulator.url, {
    answer: (text, request) => {
      const role = roles.find(([, tool]) => offers(request, tool))?.[0];
      if (role === undefined) return text;
      tampered += 1;
      const { content, calls } = adversarialAnswer(role, seedNumber(JSON.stringify(request)) % answers);
      const completion = JSON.parse(text) as { choices: object[] };
      const tool_calls = calls.map((call, n) => ({ id: `c${n}`, type: 'function', function: call }));
      const message = { role: 'assistant', content, ...(calls.length > 0 && { tool_calls }) };
      completion.choices = [{ index: 0, finish_reason: 'stop', message }];
      return JSON.stringify(completion);
    },
  });
  await deployment.startWorker('worker', { OPENAI_BASE_URL: proxy.url });
});
afterAll(async () => {
  await deployment.stop();
  await proxy.close();
});

it('ends by itself with the seed skill when every optimiser answer is adversarial', async () => {
  await deployment.startRun('adversarial', { trainTasks: 6, batchSize: 1, epochs: 2, patience: null });
  const { finalSkill, steps } = await outcomeOf(deployment, 'adversarial');
  const { seedSkill } = await deployment.result('adversarial');
  expect(steps).toHaveLength(12);
  expect(steps.filter(({ accepted }) => accepted)).toEqual([]);
  expect(finalSkill).toBe(seedSkill);
  expect(tampered).toBeGreaterThan(60);
});
