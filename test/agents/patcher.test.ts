import { proposePatch, type PatcherInput } from '../../agents/patcher/patcher';
import type { MomentumRecord, Remedy } from '../../records/momentum';
import type { Edit } from '../../records/patch';
import { sample, skillFiles, textIn } from '../skill/skill-files';
import { recordOf } from '../simulator/requests';
import { scriptedLoops } from './scripted-loop';

let loops: Awaited<ReturnType<typeof scriptedLoops>>;
beforeAll(async () => (loops = await scriptedLoops()));
afterAll(() => loops.close());

const words = (id: string) => ({ id, summary: `about ${id}`, description: 'd', action: 'a' });
const remedy = (step: number, over: Partial<Remedy> = {}): Remedy => ({
  ...{ step, diagnosed: 'g', edits: [`insert-item in common-pitfalls: try ${step}`], structural: false },
  gate: { accepted: true, candidateSolved: 5, currentSolved: 4, tasks: 8 },
  ...over,
});

/** A record of `dates` (d1) and `sheets` (d2), where the first was answered by `remedies` and failed in steps 1 to 4. */
function record(...remedies: Remedy[]): MomentumRecord {
  const plain = recordOf([words('dates'), words('sheets')]);
  const failures = [1, 2, 3, 4].map((step) => `${step}/d1`);
  return {
    ...plain,
    patterns: plain.patterns.map((pattern) => (pattern.id === 'dates' ? { ...pattern, failures, remedies } : pattern)),
  };
}

const input = (remedies: Remedy[], over: Partial<PatcherInput> = {}): PatcherInput => ({
  files: skillFiles({ 'SKILL.md': sample }),
  outline: [{ anchor: 'common-pitfalls', kind: 'section', title: 'Common Pitfalls' }],
  record: record(...remedies),
  editBudget: 4,
  rejected: [],
  taskValues: [],
  layers: true,
  consolidates: false,
  guarded: 'flag',
  ...over,
});
const why = { pattern: 'dates', diagnoses: ['d1'] };
const inPlace: Edit = { op: 'insert-item', section: 'common-pitfalls', text: 'mind the dates', ...why };
const other: Edit = { ...inPlace, text: 'mind the sheets', pattern: 'sheets', diagnoses: ['d2'] };
const reference: Edit = {
  op: 'write-reference',
  path: 'references/dates.md',
  text: '# Dates\n\n- parse them\n',
  ...why,
};
const pointer: Edit = { ...inPlace, text: 'Read references/dates.md when dates are text. Skip when they are dates.' };
const submit = (...edits: Edit[]) => [{ name: 'submit_patch', arguments: { rationale: 'r', edits } }];

describe('a pattern that came back three times after edits in place', () => {
  it('is announced, takes no further words in place, and goes on with a structural move', async () => {
    const scripted = await loops.loop('patcher', [submit(inPlace), submit(reference, pointer)]);
    const end = await proposePatch(input([remedy(1)]), scripted.loop);
    expect(end).toMatchObject({ proposal: { applied: [reference, pointer], refused: [] } });
    expect(scripted.said('user')[0]).toMatch(/Structural moves due[^#]*"pattern": "dates"[^#]*try 1/);
    expect(scripted.said('tool')).toEqual([
      expect.stringMatching(
        /^Refused: .*dates came back in 3 steps \(2, 3, 4\) after edits in place: make a structural move/,
      ),
    ]);
  });

  it('is left alone when no such move comes in three rounds, while other edits hold', async () => {
    const scripted = await loops.loop('patcher', [submit(inPlace, other)]);
    const end = await proposePatch(input([remedy(1)]), scripted.loop);
    expect(scripted.calls()).toBe(4);
    expect(end).toMatchObject({ proposal: { applied: [other], refused: [{ edit: inPlace }] } });
  });

  it('makes no patch when nothing else was proposed, and says why', async () => {
    const scripted = await loops.loop('patcher', [submit(inPlace)]);
    expect(await proposePatch(input([remedy(1)]), scripted.loop)).toMatchObject({
      proposal: null,
      reason: expect.stringContaining('make a structural move'),
    });
  });

  it('takes no words in place beside a structural move that is refused itself', async () => {
    const orphan = submit(reference, inPlace);
    const scripted = await loops.loop('patcher', [orphan]);
    const end = await proposePatch(input([remedy(1)]), scripted.loop);
    expect(end).toMatchObject({
      proposal: null,
      reason: expect.stringContaining('nothing points to references/dates.md'),
    });
  });

  it('may still have words taken away, and is no matter for a skill of one file', async () => {
    const away: Edit = { op: 'delete-item', anchor: 'common-pitfalls/1', ...why };
    const deleting = await loops.loop('patcher', [submit(away)]);
    expect(await proposePatch(input([remedy(1)]), deleting.loop)).toMatchObject({ proposal: { applied: [away] } });
    const flat = await loops.loop('patcher', [submit(inPlace)]);
    const end = await proposePatch(input([remedy(1)], { layers: false }), flat.loop);
    expect(end).toMatchObject({ proposal: { applied: [inPlace] } });
  });

  it.each<[string, Remedy[]]>([
    [
      'the edits never went in',
      [remedy(1, { gate: { accepted: false, candidateSolved: 1, currentSolved: 4, tasks: 8 } })],
    ],
    ['it came back only twice since', [remedy(2)]],
    ['a structural move has gone in since', [remedy(1), remedy(3, { structural: true })]],
  ])('is none where %s', async (_where, remedies) => {
    const scripted = await loops.loop('patcher', [submit(inPlace)]);
    expect(await proposePatch(input(remedies), scripted.loop)).toMatchObject({ proposal: { applied: [inPlace] } });
  });
});

describe('an edit', () => {
  it.each<[string, Partial<Edit>, RegExp]>([
    ['a pattern of the record', { pattern: 'mine' }, /there is no pattern "mine"; the record has: dates, sheets/],
    ['diagnoses of this batch', { diagnoses: ['d7'] }, /there is no diagnosis d7 in this batch; it has: d1, d2/],
  ])('answers %s', async (_what, over, reason) => {
    const wrong = { ...inPlace, ...over } as Edit;
    const scripted = await loops.loop('patcher', [submit(wrong, other), submit(inPlace)]);
    const end = await proposePatch(input([]), scripted.loop);
    expect(scripted.said('tool')[0]).toMatch(reason);
    expect(end).toMatchObject({ proposal: { applied: [inPlace] } });
  });

  it('that consolidates may be about any pattern, in place', async () => {
    const scripted = await loops.loop('patcher', [submit(inPlace)]);
    const end = await proposePatch(input([remedy(1)], { consolidates: true }), scripted.loop);
    expect(end).toMatchObject({ proposal: { applied: [inPlace] } });
  });

  it('over the budget is refused with that reason, and the first ones hold', async () => {
    const scripted = await loops.loop('patcher', [submit(inPlace, other)]);
    const end = await proposePatch(input([], { editBudget: 1 }), scripted.loop);
    expect(scripted.said('tool').at(-1)).toMatch(/over the budget of 1 edits/);
    expect(end).toMatchObject({ proposal: { applied: [inPlace], refused: [{ edit: other }] } });
    if (end.kind === 'proposal') expect(textIn(end.proposal?.files ?? [])).not.toContain('mind the sheets');
  });
});
