import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { RunPlan } from '../../records/plan';
import { MomentumRecord } from '../../records/momentum';
import { PatchProposal, textsOf } from '../../records/patch';
import type { RunConfig } from '../../records/run-config';
import { harmIn } from '../../simulator/advice';
import { demoData, deploy, type Deployment } from './deployment';
import { offers, startTamperingProxy, withSection, type Request, type TamperingProxy } from './tampering-proxy';

jest.setTimeout(600_000);

const submitTools = ['submit_diagnosis', 'submit_momentum_update', 'submit_patch'];

/** No gate and no confirmation: what the optimiser learns is delivered, good or not. */
const ungated: Partial<RunConfig> = {
  trainTasks: 10,
  trainingPool: 28,
  validationTasks: 1,
  heldOutTasks: 16,
  batchSize: 5,
  gate: { policy: 'none' },
  confirmation: false,
};

let deployment: Deployment;
let proxy: TamperingProxy | null = null;
beforeAll(async () => {
  deployment = await deploy({ latencyMs: 0 });
});
afterEach(async () => {
  await proxy?.close();
  proxy = null;
});
afterAll(() => deployment.stop());

const Answer = z.looseObject({
  choices: z.tuple([
    z.looseObject({
      message: z.looseObject({
        tool_calls: z.tuple([z.looseObject({ function: z.looseObject({ arguments: z.string() }) })]),
      }),
    }),
  ]),
});

/** The patcher's answer without the harmful advice that the model slips in now and then: no gate is there to refuse it. */
function withoutHarm(text: string, request: Request): string {
  if (!offers(request, 'submit_patch')) return text;
  const answer = Answer.parse(JSON.parse(text));
  const call = answer.choices[0].message.tool_calls[0].function;
  const patch = PatchProposal.parse(JSON.parse(call.arguments));
  const edits = patch.edits.filter((edit) => textsOf(edit).every((advice) => harmIn(advice) === null));
  call.arguments = JSON.stringify({ ...patch, edits });
  return JSON.stringify(answer);
}

async function gainOf(run: string, change: Parameters<typeof startTamperingProxy>[1]): Promise<number> {
  proxy = await startTamperingProxy(deployment.simulator.url, change);
  const worker = await deployment.startWorker(run, { OPENAI_BASE_URL: proxy.url });
  await deployment.startRun(run, ungated);
  const { heldOut } = await deployment.result(run);
  await worker.kill();
  return heldOut.after.solved - heldOut.before.solved;
}

it('learns from mismatches and record, and no prompt names a task, a golden workbook or a path', async () => {
  const prompts: string[] = [];
  const optimiserPrompts: string[] = [];
  const request = (original: Request): Request => {
    const text = JSON.stringify(original.messages);
    prompts.push(text);
    if (submitTools.some((tool) => offers(original, tool))) optimiserPrompts.push(text);
    return original;
  };
  expect(await gainOf('untouched', { request, answer: withoutHarm })).toBeGreaterThanOrEqual(4);

  const Dataset = z.array(z.object({ id: z.coerce.string(), instruction: z.string() }));
  const tasks = Dataset.parse(JSON.parse(readFileSync(join(demoData, 'dataset.json'), 'utf8')));
  expect(tasks).toHaveLength(48);
  const all = prompts.join('\n');
  // As a word of its own: digits of an id stand in cells too.
  const named = tasks.filter(({ id }) => new RegExp(`(?<![\\w.-])${id}(?![\\w.-])`).test(all));
  expect(named).toEqual([]);
  expect(all).not.toMatch(/golden/i);
  expect(all).not.toContain(tmpdir());
  expect(all).not.toContain(demoData);

  // Nothing of a task that measures a version reaches those who write it; of the training tasks it does.
  const plan = await deployment.store.getJson(RunPlan, (await deployment.result('untouched')).plan);
  const told = (ids: readonly { id: string }[]): string[] => {
    const begin = (text: string): string => JSON.stringify(text.slice(0, 50)).slice(1, -1);
    const asked = tasks.filter(({ id }) => ids.some((entry) => entry.id === id));
    const shown = optimiserPrompts.join('\n');
    return asked.filter(({ instruction }) => shown.includes(begin(instruction))).map(({ id }) => id);
  };
  expect(told([...plan.heldOut, ...plan.validation])).toEqual([]);
  expect(told(plan.training).length).toBeGreaterThanOrEqual(10);
});

it('gains nothing when the diagnoser sees no mismatches', async () => {
  const blank = () => ({ mismatches: [] });
  const request = (original: Request): Request => {
    if (!offers(original, 'submit_diagnosis')) return original;
    return withSection(withSection(original, 'Score', blank), 'Earlier score', blank);
  };
  expect(await gainOf('blind', { request })).toBeLessThanOrEqual(0);
});

it('gains nothing when the patcher gets an empty record', async () => {
  const empty = () => ({ step: 1, patterns: [], overlay: [], themes: [] });
  const request = (original: Request): Request =>
    offers(original, 'submit_patch') ? withSection(original, 'Momentum record', empty) : original;
  expect(await gainOf('forgetful', { request })).toBeLessThanOrEqual(0);
});

it('gains nothing when the advice is shuffled between pitfalls', async () => {
  let shuffled = 0;
  const rotate = (value: unknown): unknown => {
    const record = MomentumRecord.parse(value);
    const actions = record.patterns.map(({ action }) => action);
    if (actions.length > 1) shuffled += 1;
    const patterns = record.patterns.map((pattern, index) => ({
      ...pattern,
      action: actions[(index + 1) % actions.length] ?? '',
    }));
    return { ...record, patterns };
  };
  const request = (original: Request): Request =>
    offers(original, 'submit_patch') ? withSection(original, 'Momentum record', rotate) : original;
  expect(await gainOf('shuffled', { request })).toBeLessThanOrEqual(0);
  expect(shuffled).toBeGreaterThanOrEqual(2);
});
