import fc from 'fast-check';
import { emptyMomentum, MomentumRecord } from '../../records/momentum';
import type { Edit } from '../../records/patch';
import { momentumMarkdown } from '../../momentum/markdown';
import { recordPatch, recordVerdict } from '../../momentum/remedies';
import { apply, diagnosis, pattern, update } from './updates';

const gate = { accepted: false, candidateSolved: 3, currentSolved: 5, tasks: 8 };
const answer: Edit = {
  op: 'insert-item',
  section: 'common-pitfalls',
  text: 'parse\ndates',
  pattern: 'dates',
  diagnoses: ['d1'],
};

describe('an update of the momentum record', () => {
  it('takes steps and counts from the diagnoses and puts the most frequent first', () => {
    const batch = ['d1', 'd2', 'd3'].map((ordinal) => diagnosis(ordinal));
    const first = apply(
      emptyMomentum,
      update({ d1: 'sheets', d2: 'dates', d3: 'dates' }, ['sheets', 'dates']),
      batch,
      1,
    );
    expect(first.problems).toEqual([]);
    expect(first.record.patterns.map(({ id, steps, occurrences }) => ({ id, steps, occurrences }))).toEqual([
      { id: 'dates', steps: [1], occurrences: 2 },
      { id: 'sheets', steps: [1], occurrences: 1 },
    ]);
    const second = apply(first.record, update({ d1: 'sheets', d2: 'sheets', d3: null }), batch, 4);
    expect(second.record.patterns.map(({ id, steps, occurrences }) => ({ id, steps, occurrences }))).toEqual([
      { id: 'sheets', steps: [1, 4], occurrences: 3 },
      { id: 'dates', steps: [1], occurrences: 2 },
    ]);
  });

  it('has one overlay entry for every diagnosis, in order, without gap and change where there is no signal', () => {
    const batch = [diagnosis('d1'), diagnosis('d2', 'contrastive')];
    const { record } = apply(emptyMomentum, update({ d2: 'dates', d1: null }, ['dates']), batch, 1);
    expect(record.overlay).toEqual([
      {
        diagnosis: 'd1',
        signal: 'failure',
        pattern: null,
        isNew: false,
        anchor: null,
        gap: null,
        proposedChange: null,
      },
      {
        diagnosis: 'd2',
        signal: 'contrastive',
        pattern: 'dates',
        isNew: true,
        anchor: 'common-pitfalls',
        gap: 'the skill is silent',
        proposedChange: 'say it',
      },
    ]);
  });

  it('tells what to repair, and covers every diagnosis all the same', () => {
    const batch = ['d1', 'd2', 'd3'].map((ordinal) => diagnosis(ordinal));
    const proposal = update(
      { d1: 'dates', d3: 'nowhere', d9: null },
      ['dates', 'dates', 'unused'],
      [{ theme: 'think', successes: ['d1'] }],
    );
    const { record, problems } = apply(emptyMomentum, proposal, batch, 1);
    expect(problems).toEqual([
      'pattern dates is given twice; give it once, with all it says',
      'diagnosis d3: there is no pattern nowhere; use one of the record or describe it under patterns',
      'there is no diagnosis d9; the diagnoses are d1, d2, d3',
      'diagnosis d2 has no assignment; assign it to a pattern, or to null without a signal',
      'pattern unused is new, but no diagnosis is assigned to it; assign one or leave the pattern out',
      'theme "think": 1/d1 is no success',
      'theme "think": this batch has no success to draw a new theme from; keep earlier ones or none',
    ]);
    expect(record.overlay.map((entry) => entry.pattern)).toEqual(['dates', null, null]);
    expect(record.patterns.map(({ id }) => id)).toEqual(['dates']);
  });

  it('rewrites the words of a pattern and nothing of its history', () => {
    const first = apply(emptyMomentum, update({ d1: 'dates' }, ['dates']), [diagnosis('d1')], 1).record;
    const judged = recordVerdict(recordPatch(first, { step: 1, applied: [answer] }), 1, gate);
    const forged = { ...pattern('dates', 'new words'), remedies: [], steps: [9], occurrences: 99 };
    const { record } = apply(judged, { assignments: [], patterns: [forged], themes: [] }, [], 2);
    expect(record.patterns[0]).toMatchObject({ summary: 'new words', steps: [1], occurrences: 1 });
    expect(record.patterns[0]?.remedies).toEqual(judged.patterns[0]?.remedies);
  });

  it('refuses a step that the record has seen', () => {
    expect(() => apply({ ...emptyMomentum, step: 3 }, update({}), [], 3)).toThrow(/expected a step after 3, got 3/);
  });

  it('loses no history and drops no diagnosis, whatever the model proposes', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd');
    const proposal = fc.record({
      assignments: fc.array(
        fc.record({
          diagnosis: fc.constantFrom('d1', 'd2', 'd3', 'd4'),
          pattern: fc.option(id),
          gap: fc.option(fc.string()),
          proposedChange: fc.option(fc.string()),
        }),
      ),
      patterns: fc.array(id.map((one) => pattern(one))),
      merges: fc.array(fc.record({ into: id, from: fc.array(id, { minLength: 1, maxLength: 2 }) }), { maxLength: 1 }),
      themes: fc.array(
        fc.record({
          theme: fc.constantFrom('inspect', 'verify'),
          successes: fc.array(fc.constantFrom('d1', 'd2', 'd3', '1/d2', '2/d2')),
        }),
        { maxLength: 3 },
      ),
    });
    const batch = [diagnosis('d1'), diagnosis('d2', 'contrastive'), diagnosis('d3')];
    fc.assert(
      fc.property(fc.array(proposal, { maxLength: 6 }), (proposals) => {
        let record: MomentumRecord = emptyMomentum;
        for (const [index, one] of proposals.entries()) {
          const before = record;
          const step = index + 1;
          record = apply(record, one, batch, step).record;
          expect(MomentumRecord.parse(record)).toEqual(record);
          expect(record.overlay.map((entry) => entry.diagnosis)).toEqual(['d1', 'd2', 'd3']);
          for (const old of before.patterns) {
            const now = record.patterns.find(
              (one) => one.id === old.id || one.mergedFrom.some((gone) => gone.id === old.id && gone.step === step),
            );
            expect(now?.steps).toEqual(expect.arrayContaining(old.steps));
            expect(now?.failures).toEqual(expect.arrayContaining(old.failures));
            expect(now?.remedies.map((remedy) => remedy.step)).toEqual(
              expect.arrayContaining(old.remedies.map((remedy) => remedy.step)),
            );
          }
          for (const one of record.patterns) {
            expect(one.occurrences).toBe(one.failures.length + one.successes.length);
          }
          const counted = record.overlay.filter((entry) => entry.pattern !== null).length;
          const sum = (from: MomentumRecord) => from.patterns.reduce((total, one) => total + one.occurrences, 0);
          expect(sum(record) - sum(before)).toBe(counted);
          const last = record.patterns[0];
          if (last) record = recordPatch(record, { step, applied: [{ ...answer, pattern: last.id }] });
        }
      }),
    );
  });
});

describe('the remedy log', () => {
  const seen = apply(
    emptyMomentum,
    update({ d1: 'dates', d2: 'sheets' }, ['dates', 'sheets']),
    [diagnosis('d1'), diagnosis('d2')],
    1,
  ).record;

  it('says for each pattern that a patch answers what was diagnosed and done', () => {
    const patched = recordPatch(seen, { step: 1, applied: [answer] });
    expect(patched.patterns.map(({ remedies }) => remedies)).toEqual([
      [
        {
          step: 1,
          diagnosed: 'the skill is silent',
          edits: ['insert-item in common-pitfalls: parse dates'],
          structural: false,
          gate: null,
        },
      ],
      [],
    ]);
    expect(recordPatch(patched, { step: 1, applied: [answer] })).toEqual(patched);
  });

  it("takes the gate's verdict on its step once, and on no other step", () => {
    const patched = recordPatch(seen, { step: 1, applied: [answer] });
    expect(recordVerdict(patched, 2, gate)).toEqual(patched);
    const judged = recordVerdict(patched, 1, gate);
    expect(judged.patterns[0]?.remedies[0]?.gate).toEqual(gate);
    expect(recordVerdict(judged, 1, { ...gate, accepted: true })).toEqual(judged);
  });

  it('reads well as Markdown', () => {
    const judged = recordVerdict(recordPatch(seen, { step: 1, applied: [answer] }), 1, gate);
    const text = momentumMarkdown({
      ...judged,
      themes: [{ theme: 'state the change first', successes: ['1/d1', '1/d2'] }],
    });
    expect(text).toContain('## dates\n\n**about dates** (operation, once, step 1, at `common-pitfalls`)');
    expect(text).toContain(
      '- Step 1, refused (5 → 3 of 8 solved): the skill is silent\n  - insert-item in common-pitfalls: parse dates',
    );
    expect(text).toContain('| d1 | failure | dates (new) | common-pitfalls | the skill is silent | say it |');
    expect(text).toContain('- state the change first (successes 1/d1, 1/d2)\n');
  });
});
