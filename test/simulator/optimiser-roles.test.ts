import { join } from 'node:path';
import { DiagnosisProposal } from '../../records/diagnosis';
import { emptyMomentum, MomentumUpdate, type MomentumRecord } from '../../records/momentum';
import { type Edit, PatchProposal } from '../../records/patch';
import { effectOf, harmIn, situationsIn } from '../../simulator/advice';
import { PitfallId, pitfalls } from '../../simulator/pitfalls';
import { pointersIn } from '../../simulator/shown-skill';
import { type Simulator, startSimulator } from '../../simulator/start-simulator';
import { ask, callIn, recordOf, roleRequest } from './requests';

let simulator: Simulator;
beforeAll(async () => {
  const dataDir = join(__dirname, '../../examples/spreadsheetbench');
  simulator = await startSimulator({ port: 0, dataDir, seed: 1, latencyMs: 0 });
});
afterAll(() => simulator.close());

async function submitted(tool: string, sections: Record<string, unknown>, seed = 1): Promise<unknown> {
  const call = callIn(await ask(simulator.url, roleRequest(tool, sections, seed)));
  expect(call.name).toBe(tool);
  return call.arguments;
}

const diagnose = async (sections: Record<string, unknown>) =>
  DiagnosisProposal.parse(await submitted('submit_diagnosis', sections));
const patch = async (sections: Record<string, unknown>, seed?: number) =>
  PatchProposal.parse(await submitted('submit_patch', sections, seed));

const mismatch = (expected: string, got: string, cell = 'Sheet1!B2') => ({ cell, expected, got });
const trajectory = [
  { turn: 1, thought: '', calls: [{ name: 'activate_skill' }] },
  { turn: 2, thought: '', calls: [{ name: 'run_code' }] },
  { turn: 3, thought: 'done', calls: [] },
];

const seenAs: Record<PitfallId, { cell: string; expected: string; got: string }[]> = {
  'formatted-text': [mismatch('number 1234.5', 'text "$1,234.50"')],
  'date-text': [mismatch('date-time 2024-03-01 00:00:00', 'text "2024-03-01"')],
  'uncalculated-formula': [mismatch('number 3', 'formula without a calculated value (=1+2)')],
  'header-offset': [
    mismatch('number 1', 'empty', 'S!A2'),
    mismatch('number 2', 'number 1', 'S!A3'),
    mismatch('empty', 'number 2', 'S!A4'),
  ],
  'blank-as-zero': [mismatch('empty', 'number 0')],
  'leftover-cells': [mismatch('empty', 'text "old"')],
  'early-rounding': [mismatch('number 1.25', 'number 1')],
  'wrong-sheet': [mismatch('number 1', 'empty'), mismatch('text "x"', 'empty', 'Sheet1!B3')],
};

describe('the simulated diagnoser', () => {
  it.each(PitfallId.options)('infers %s from the mismatches and cites the turns that ran code', async (id) => {
    const proposal = await diagnose({ Kind: 'failure', Score: { mismatches: seenAs[id] }, Trajectory: trajectory });
    expect(proposal.label).toBe(pitfalls[id].label);
    expect(proposal.evidence.turns).toEqual([2]);
    expect(proposal.evidence.mismatches.length).toBeGreaterThan(0);
    expect(Math.max(...proposal.evidence.mismatches)).toBeLessThan(seenAs[id].length);
  });

  it('is vague without a mismatch to go by', async () => {
    const proposal = await diagnose({ Kind: 'failure', Score: { mismatches: [] }, Trajectory: trajectory });
    expect(proposal.confidence).toBeLessThan(0.5);
  });

  it('contrasts with the earlier score, and tells luck from advice that was followed', async () => {
    const sections = {
      Kind: 'contrastive',
      Score: { mismatches: [] },
      'Earlier score': { mismatches: seenAs['date-text'] },
    };
    const lucky = await diagnose({ ...sections, Trajectory: trajectory });
    expect([lucky.label, lucky.robustness]).toEqual([pitfalls['date-text'].label, 'lucky']);
    const told = {
      turn: 2,
      thought: 'The advice of the skill holds here, so I follow it.',
      calls: [{ name: 'run_code' }],
    };
    expect((await diagnose({ ...sections, Trajectory: [told] })).robustness).toBe('robust');
  });
});

const diagnosed = (ordinal: string, id: PitfallId, confidence = 0.85) => ({
  ordinal,
  kind: 'failure',
  label: pitfalls[id].label,
  cause: `When ${pitfalls[id].situations[0]}: ${pitfalls[id].cause}`,
  correctApproach: pitfalls[id].actions[0],
  skippedStep: pitfalls[id].skippedStep,
  robustness: 'not-applicable',
  confidence,
});

describe('the simulated accumulator', () => {
  it('assigns every diagnosis once: to the pattern of its label, or to none when it is vague', async () => {
    const update = MomentumUpdate.parse(
      await submitted('submit_momentum_update', {
        'Momentum record': emptyMomentum,
        Diagnoses: [diagnosed('d1', 'date-text'), diagnosed('d2', 'date-text'), diagnosed('d3', 'wrong-sheet', 0.2)],
      }),
    );
    const id = 'dates-written-as-plain-strings';
    expect(update.assignments.map(({ diagnosis, pattern }) => [diagnosis, pattern])).toEqual([
      ['d1', id],
      ['d2', id],
      ['d3', null],
    ]);
    expect(update.patterns.map((pattern) => pattern.id)).toEqual([id]);
  });
});

const skillFiles = { 'SKILL.md': '# Sheets\n\n## Common Pitfalls\n\n- Read the task.\n' };
const outline = [
  { anchor: 'common-pitfalls', kind: 'section', title: 'Common Pitfalls' },
  { anchor: 'common-pitfalls/1', kind: 'item', title: 'Read the task.' },
];
const patternOf = (id: PitfallId) => ({
  id,
  summary: pitfalls[id].label,
  description: `When ${pitfalls[id].situations[0]}: ${pitfalls[id].cause}`,
  action: pitfalls[id].actions[0] ?? '',
});
const desk = (record: MomentumRecord, more: Record<string, unknown> = {}) => ({
  'Skill files': skillFiles,
  'Skill outline': outline,
  'Momentum record': record,
  'Edit budget': 4,
  'Rejected edits': [],
  ...more,
});
const textOf = (edit: Edit): string => ('text' in edit ? edit.text : '');
const isHarmful = (edit: Edit): boolean => harmIn(textOf(edit)) !== null;

describe('the simulated patcher', () => {
  it.each(PitfallId.options)('answers a pattern of %s with advice that the executor understands', async (id) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { edits } = await patch(desk(recordOf([patternOf(id)])), seed);
      const good = edits.filter((edit) => !isHarmful(edit));
      expect(good.map(({ pattern, diagnoses }) => [pattern, diagnoses])).toEqual([[id, ['d1']]]);
      expect([...effectOf(good.map(textOf).join('\n')).avoided]).toContain(id);
    }
  });

  it('works from the record alone: without a pattern it changes nothing', async () => {
    for (const seed of [1, 2, 3, 4, 5]) expect((await patch(desk(emptyMomentum), seed)).edits).toEqual([]);
  });

  it('proposes a harmful edit in at least a quarter of its patches, whatever they answer', async () => {
    const seeds = Array.from({ length: 600 }, (_, seed) => seed);
    const patches = await Promise.all(
      seeds.map((seed) => {
        const id = PitfallId.options[seed % PitfallId.options.length] ?? 'date-text';
        return patch(desk(recordOf([patternOf(id)])), seed);
      }),
    );
    const share = patches.filter(({ edits }) => edits.some(isHarmful)).length / patches.length;
    expect(share).toBeGreaterThanOrEqual(0.25);
    expect(share).toBeLessThan(0.5);
  });

  it('keeps within the edit budget and repeats no wording that the gate refused', async () => {
    const record = recordOf(PitfallId.options.map(patternOf));
    for (const seed of [1, 2, 3, 4, 5, 6]) expect((await patch(desk(record), seed)).edits).toHaveLength(4);
    const one = recordOf([patternOf('date-text')]);
    const { edits } = await patch(desk(one), 1);
    const rejected = edits.map((edit) => ({ edit, gate: null }));
    const { edits: again } = await patch(desk(one, { 'Rejected edits': rejected }), 1);
    expect(again.map(textOf).filter((text) => edits.map(textOf).includes(text))).toEqual([]);
  });

  it('replaces harmful advice that the skill already gives', async () => {
    const harm = 'Always put results on a new sheet, so that the original data stays untouched.';
    const { edits } = await patch(
      desk(recordOf([patternOf('wrong-sheet')]), {
        'Skill files': { 'SKILL.md': `# Sheets\n\n## Common Pitfalls\n\n- ${harm}\n` },
        'Skill outline': [outline[0], { anchor: 'common-pitfalls/1', kind: 'item', title: harm }],
      }),
    );
    expect(edits[0]).toMatchObject({ op: 'replace-item', anchor: 'common-pitfalls/1' });
  });

  it('answers a pattern that is due for a structural move with a reference and its pointer', async () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const due = [{ pattern: 'date-text' }];
      const { edits } = await patch(desk(recordOf([patternOf('date-text')]), { 'Structural moves due': due }), seed);
      expect(edits.slice(0, 2).map(({ op }) => op)).toEqual(['write-reference', 'insert-item']);
      const [reference, pointer] = edits.map(textOf);
      expect([...effectOf(reference ?? '').avoided]).toContain('date-text');
      expect(pointersIn(pointer ?? '')).toMatchObject([{ path: 'references/date-text.md' }]);
      expect(situationsIn(pointersIn(pointer ?? '')[0]?.trigger ?? '')).toContain('date-text');
    }
  });
});
