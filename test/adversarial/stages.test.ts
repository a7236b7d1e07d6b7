import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { taskValuesOf } from '../../activities/task-values';
import { accumulateDiagnoses } from '../../agents/accumulator/accumulator';
import { diagnoseRollout } from '../../agents/diagnoser/diagnoser';
import { proposePatch } from '../../agents/patcher/patcher';
import type { ToolLoop } from '../../agents/tool-loop';
import type { FileEntry } from '../../records/artifact';
import type { Diagnosis } from '../../records/diagnosis';
import { MomentumRecord } from '../../records/momentum';
import type { Edit } from '../../records/patch';
import type { Score } from '../../records/score';
import type { Task } from '../../records/task';
import type { Trajectory, Turn } from '../../records/trajectory';
import { unlimited } from '../../records/usage';
import { applyEdits } from '../../skill/edits';
import { checkInvariants } from '../../skill/invariants';
import { outline } from '../../skill/outline';
import { loadSkill } from '../../skill/package';
import { parseSkill } from '../../skill/parse';
import { openStore, type ArtifactStore } from '../../store/artifact-store';
import { openJournal } from '../../store/journal';
import { completion, json, startEndpoint, type Endpoint } from '../agents/model/endpoint';
import { recordOf } from '../simulator/requests';
import { adversarialAnswer, goldenLiterals, injections, type OptimiserRole } from './answers';

jest.setTimeout(300_000);

const casesOfARole = 170;
const folder = mkdtempSync(join(tmpdir(), 'skillgrad-adversarial-'));
let endpoint: Endpoint;
let store: ArtifactStore;
let seed: FileEntry[];
beforeAll(async () => {
  endpoint = await startEndpoint();
  store = await openStore(folder);
  seed = (await loadSkill(join(__dirname, '..', '..', 'examples', 'weak-spreadsheet-skill'))).files;
});
afterAll(async () => {
  await endpoint.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A chain whose every answer is the `index`th adversarial one. */
async function loopOf(
  role: OptimiserRole,
  index: number,
): Promise<Omit<ToolLoop, 'user' | 'tools' | 'maxOverflows' | 'snapshot'>> {
  const { content, calls } = adversarialAnswer(role, index);
  const tool_calls = calls.map((call, n) => ({ id: `c${n}`, type: 'function', function: call }));
  endpoint.respond(json(200, completion({ content, ...(calls.length > 0 && { tool_calls }) })));
  return {
    role,
    model: 'tiny',
    client: endpoint.client(),
    price: null,
    system: 'Do your duty.',
    maxTurns: 6,
    repairRounds: 3,
    maxAnswerTokens: 8192,
    callTimeoutMs: 20_000,
    runSeed: 1,
    subject: `case-${index}`,
    sample: 0,
    allowance: unlimited,
    withdrawal: () => Promise.resolve(null),
    journal: await openJournal(store, 'adversarial', `${role}-${index}`, 'test'),
    signal: new AbortController().signal,
  };
}

const cases = Array.from({ length: casesOfARole }, (_, index) => index);
const usage = { inputTokens: 1, outputTokens: 1, cachedTokens: 0 };
const turn: Turn = {
  ...{ turn: 1, thought: 'Done.', calls: [], observations: [], finishReason: 'stop', usage },
  ...{ durationMs: 1, sandboxMs: 0, responseModel: 'tiny' },
};
const digest = `sha256:${'0'.repeat(64)}` as Trajectory['workDir'];
const trajectory: Trajectory = {
  ...{ taskId: 't', skill: null, sample: 0, outcome: 'finished', turns: [turn] },
  ...{ disclosed: { activated: true, references: [] }, answer: '', workDir: digest },
};
const score: Score = {
  ...{ protocol: 'official', solved: false, matched: 0, total: 1, partial: 0, status: 'scored', detail: '' },
  mismatches: ['number 48213.5', 'text "Northwind Depot"'].map((expected) => ({ cell: 'D17', expected, got: 'empty' })),
};
const prompt = 'Fill D17 with the sum of B2:B40, unless C9 is empty.';
const task: Task = { id: 't', benchmark: 'spreadsheetbench', prompt, inputs: [], outputs: ['out.xlsx'] };

it('takes no diagnosis whose evidence is not in the trajectory, whatever the model says', async () => {
  let valid = 0;
  for (const index of cases) {
    const input = { kind: 'failure' as const, task, attempt: { trajectory, score }, earlier: null };
    const end = await diagnoseRollout(input, await loopOf('diagnoser', index));
    if (end.kind !== 'diagnosis' || end.proposal === null) continue;
    valid += 1;
    expect(new Set(end.proposal.evidence.turns)).toEqual(new Set([1]));
    expect(end.proposal.evidence.mismatches.every((mismatch) => mismatch < 2)).toBe(true);
    expect(end.proposal.label).not.toContain('D17');
  }
  expect(valid).toBeGreaterThan(0);
  expect(valid).toBeLessThan(casesOfARole / 2);
});

it('loses no pattern, step or remedy of the record, whatever the model proposes', async () => {
  const remedies = [{ step: 1, diagnosed: 'g', edits: ['insert-item'], structural: false, gate: null }];
  const known = {
    ...{ id: 'known', kind: 'operation' as const, summary: 's', anchor: null, description: 'd', action: 'a' },
    ...{ steps: [1], occurrences: 2, remedies },
  };
  const record = MomentumRecord.parse({ step: 1, patterns: [known], overlay: [], themes: [] });
  const diagnoses: Diagnosis[] = ['d1', 'd2'].map((ordinal) => ({
    ...{ ordinal, taskId: 't', kind: 'failure' },
    proposal: {
      ...{ label: 'Dates kept as text', cause: 'c', correctApproach: 'a', skippedStep: 'none' },
      ...{ robustness: 'not-applicable', confidence: 1, evidence: { turns: [1], mismatches: [] } },
    },
  }));
  for (const index of cases) {
    const input = { record, diagnoses, previous: null, outline: [], references: [], step: 2 };
    const end = await accumulateDiagnoses(input, await loopOf('accumulator', index));
    if (end.kind !== 'record') throw new Error('the allowance is unlimited');
    const after = MomentumRecord.parse(end.record);
    const kept = after.patterns.find(({ id }) => id === 'known');
    expect(kept?.remedies).toEqual(remedies);
    expect(kept?.steps[0]).toBe(1);
    expect(after.patterns.flatMap(({ steps }) => steps).every((step) => step === 1 || step === 2)).toBe(true);
    expect(after.overlay.map(({ diagnosis }) => diagnosis)).toEqual(['d1', 'd2']);
  }
});

/** Values of task and score as a patch is held against them: what a run gathers itself. */
async function knownValues(): Promise<string[]> {
  const training = [{ id: 't', task: await store.putJson(task), golden: digest }];
  return taskValuesOf(store, { training }, { scores: [await store.putJson(score)], trainingSet: null });
}

it.each(goldenLiterals)('lets no edit of the body bring the value %s', async (literal) => {
  const text = `The result belongs into ${literal}.`;
  const edit: Edit = { op: 'insert-section', after: null, text: `## More\n\n${text}`, pattern: 'p', diagnoses: [] };
  const { files, applied } = await applyEdits(seed, [edit]);
  const settings = { edits: applied, taskValues: await knownValues(), guarded: 'flag' as const };
  expect((await checkInvariants(seed, files, settings)).violations).toEqual([
    { edit, message: expect.stringContaining('is a value of a task') },
  ]);
});

it('makes no candidate that breaks an invariant, holds a task value or hides a guarded update', async () => {
  const body = Buffer.from(seed.find(({ path }) => path === 'SKILL.md')?.bytes ?? []).toString();
  const anchors = (await outline(body)).map(({ anchor, kind, title }) => ({ anchor, kind, title }));
  const some = { id: 'some-pattern', summary: 's', description: 'd', action: 'a' };
  const answered = recordOf([some]);
  const taskValues = await knownValues();
  let candidates = 0;
  for (const index of cases) {
    const input = {
      ...{
        files: seed,
        outline: anchors,
        editBudget: 4,
        rejected: [],
        taskValues,
        layers: true,
        consolidates: false,
      },
      record: answered,
      guarded: 'flag' as const,
    };
    const end = await proposePatch(input, await loopOf('patcher', index));
    if (end.kind !== 'proposal' || end.proposal === null) continue;
    candidates += 1;
    const { files, applied, flags } = end.proposal;
    expect(parseSkill(files, 'weak-spreadsheet-skill', 'strict').name).toBe('weak-spreadsheet-skill');
    const { violations } = await checkInvariants(seed, files, {
      edits: applied,
      taskValues,
      guarded: 'flag',
    });
    expect(violations).toEqual([]);
    expect(applied.length).toBeLessThanOrEqual(4);
    const text = files.map(({ bytes }) => Buffer.from(bytes).toString()).join('\n');
    for (const literal of goldenLiterals) expect(text).not.toContain(literal);
    if (injections.some((injection) => text.includes(injection))) expect(flags).not.toEqual([]);
  }
  expect(candidates).toBeGreaterThan(0);
  expect(candidates).toBeLessThan(casesOfARole / 2);
});
