import { MomentumRecord } from '../../records/momentum';
import type { PatchProposal } from '../../records/patch';
import { deploy, type Deployment } from './deployment';
import { offers, startTamperingProxy, type Request, type TamperingProxy } from './tampering-proxy';

jest.setTimeout(300_000);

const description = 'Edits Excel workbooks with short scripts, for tasks that change cells of a workbook.';

/** The user message of a slow update: the only one with a duty in it. */
const consolidation = (request: Request): string | null => {
  const user = request.messages.find(({ role }) => role === 'user')?.content;
  return offers(request, 'submit_patch') && typeof user === 'string' && user.includes('## Duty') ? user : null;
};

let deployment: Deployment;
let proxy: TamperingProxy;
beforeAll(async () => {
  deployment = await deploy({ latencyMs: 0 });
  // The simulated model may find nothing to consolidate; here it always words the description anew.
  proxy = await startTamperingProxy(deployment.simulator.url, {
    answer: (text, request) => {
      const user = consolidation(request);
      if (user === null) return text;
      const pattern = /## Momentum record[^]*?"id": "([a-z0-9-]+)"/.exec(user)?.[1] ?? '';
      const edits: PatchProposal['edits'] = [{ op: 'set-description', text: description, pattern, diagnoses: [] }];
      const submit = { name: 'submit_patch', arguments: JSON.stringify({ rationale: 'Plainer.', edits }) };
      const answer = JSON.parse(text) as { choices: object[] };
      const message = {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c0', type: 'function', function: submit }],
      };
      answer.choices = [{ index: 0, finish_reason: 'tool_calls', message }];
      return JSON.stringify(answer);
    },
  });
  await deployment.startWorker('worker', { OPENAI_BASE_URL: proxy.url });
});
afterAll(async () => {
  await deployment.stop();
  await proxy.close();
});

it('ends each epoch with a slow update that the gate decides on, and loses no entry of the log', async () => {
  await deployment.startRun('slow', { epochs: 2, slowUpdate: true });
  const { steps, momentum } = await deployment.result('slow');
  expect(steps.map(({ epoch, tasks }) => [epoch, tasks])).toEqual([
    [1, 2],
    [1, 2],
    [1, 0],
    [2, 2],
    [2, 2],
    [2, 0],
  ]);
  const [update] = steps.filter(({ tasks }) => tasks === 0);
  expect(update?.edits).toBe(1);
  expect(update?.verdict?.tasks).toBeGreaterThan(0);
  const { patterns } = await deployment.store.getJson(MomentumRecord, momentum ?? '');
  const logged = patterns.flatMap(({ remedies }) => remedies).map(({ step, gate }) => [step, gate?.accepted]);
  const judged = steps.filter(({ edits, verdict }) => edits > 0 && verdict !== null);
  expect(judged.length).toBeGreaterThan(1);
  for (const { step, accepted } of judged) expect(logged).toContainEqual([step, accepted]);
});
