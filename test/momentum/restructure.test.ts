import { emptyMomentum, type MomentumRecord } from '../../records/momentum';
import type { Edit } from '../../records/patch';
import { momentumMarkdown } from '../../momentum/markdown';
import { recordPatch, recordVerdict } from '../../momentum/remedies';
import { renameAnchors } from '../../momentum/rename-anchors';
import { apply, diagnosis, pattern, update } from './updates';

const item = (id: string): Edit => ({
  ...{ op: 'insert-item', section: 'common-pitfalls', text: `mind ${id}`, pattern: id, diagnoses: ['d1'] },
});
const refused = { accepted: false, candidateSolved: 3, currentSolved: 5, tasks: 8 };
const batch = [diagnosis('d1'), diagnosis('d2'), diagnosis('d3', 'contrastive')];

/** Step 1: dates (d1, d3) and times (d2), both answered by one refused patch; step 2: dates again, answered alone. */
function history(): MomentumRecord {
  let record = apply(
    emptyMomentum,
    update({ d1: 'dates', d2: 'times', d3: 'dates' }, ['dates', 'times']),
    batch,
    1,
  ).record;
  record = recordVerdict(recordPatch(record, { step: 1, applied: [item('dates'), item('times')] }), 1, refused);
  record = apply(record, update({ d1: 'dates' }), [diagnosis('d1')], 2).record;
  return recordVerdict(recordPatch(record, { step: 2, applied: [item('dates')] }), 2, { ...refused, accepted: true });
}
const find = (record: MomentumRecord, id: string) => record.patterns.find((one) => one.id === id);

describe('a merge', () => {
  it('unites steps, sightings and remedies in order, and keeps what was absorbed in sight', () => {
    const merge = { ...update({ d1: 'times' }), merges: [{ into: 'times', from: ['dates'] }] };
    const { record, problems } = apply(history(), merge, [diagnosis('d1')], 3);
    expect(problems).toEqual([]);
    expect(record.patterns.map(({ id }) => id)).toEqual(['times']);
    expect(record.patterns[0]).toMatchObject({
      steps: [1, 2, 3],
      occurrences: 5,
      failures: ['1/d1', '1/d2', '2/d1', '3/d1'],
      successes: ['1/d3'],
      mergedFrom: [{ id: 'dates', summary: 'about dates', step: 3 }],
    });
    expect(record.patterns[0]?.remedies.map(({ step, edits, gate }) => [step, edits, gate?.accepted])).toEqual([
      [1, ['insert-item in common-pitfalls: mind times', 'insert-item in common-pitfalls: mind dates'], false],
      [2, ['insert-item in common-pitfalls: mind dates'], true],
    ]);
    expect(momentumMarkdown(record)).toContain('Has absorbed: dates, “about dates”, in step 3');
  });

  it('can make a new, broader pattern, and takes an assignment to what was absorbed as one to it', () => {
    const proposal = {
      ...update({ d1: 'dates' }, ['moments']),
      merges: [{ into: 'moments', from: ['dates', 'times'] }],
    };
    const { record, problems } = apply(history(), proposal, [diagnosis('d1')], 3);
    expect(problems).toEqual([]);
    expect(record.patterns).toMatchObject([
      { id: 'moments', summary: 'about moments', occurrences: 5, steps: [1, 2, 3] },
    ]);
    expect(record.overlay[0]?.pattern).toBe('moments');
  });

  it('can follow on another: what was assigned to the first is counted in the last', () => {
    const chained = {
      ...update({ d1: 'dates', d2: 'times' }, ['moments']),
      merges: [
        { into: 'times', from: ['dates'] },
        { into: 'moments', from: ['times'] },
      ],
    };
    const { record, problems } = apply(history(), chained, [diagnosis('d1'), diagnosis('d2')], 3);
    expect(problems).toEqual([]);
    expect(record.patterns).toMatchObject([
      { id: 'moments', occurrences: 6, failures: ['1/d1', '1/d2', '2/d1', '3/d1', '3/d2'] },
    ]);
    expect(record.overlay.map(({ pattern: id }) => id)).toEqual(['moments', 'moments']);
  });

  it.each([
    [
      { into: 'nowhere', from: ['dates'] },
      'merge into nowhere: there is no such pattern; name one of the record or describe it',
    ],
    [{ into: 'dates', from: ['dates'] }, 'merge into dates: a pattern can not absorb itself'],
    [{ into: 'dates', from: ['nobody'] }, 'merge into dates: nobody: not in the record, or absorbed already'],
  ])('that does not add up changes nothing: %j', (merge, problem) => {
    const before = history();
    const { record, problems } = apply(before, { ...update({}), merges: [merge] }, [], 3);
    expect(problems).toEqual([problem]);
    expect(record.patterns).toEqual(before.patterns);
  });
});

describe('a split', () => {
  const parts = (...into: { id: string; sightings: string[] }[]) => [{ from: 'dates', into }];

  it('shares out the sightings, and each part keeps the log of what was tried', () => {
    const splits = parts({ id: 'dates', sightings: ['1/d1', '1/d3'] }, { id: 'serials', sightings: ['2/d1'] });
    const { record, problems } = apply(
      history(),
      { ...update({ d1: 'serials' }, ['serials']), splits },
      [diagnosis('d1')],
      3,
    );
    expect(problems).toEqual([]);
    expect(find(record, 'dates')).toMatchObject({
      steps: [1],
      occurrences: 2,
      failures: ['1/d1'],
      successes: ['1/d3'],
    });
    expect(find(record, 'dates')?.splitFrom).toEqual([]);
    expect(find(record, 'serials')).toMatchObject({
      summary: 'about serials',
      steps: [2, 3],
      occurrences: 2,
      failures: ['2/d1', '3/d1'],
      splitFrom: [{ id: 'dates', summary: 'about dates', step: 3 }],
    });
    for (const id of ['dates', 'serials']) expect(find(record, id)?.remedies.map(({ step }) => step)).toEqual([1, 2]);
    expect(record.overlay[0]).toMatchObject({ pattern: 'serials', isNew: true });
  });

  const apart = parts({ id: 'texts', sightings: ['1/d1', '1/d3'] }, { id: 'serials', sightings: ['2/d1'] });

  it('leaves nothing under the old name: neither words nor a diagnosis make it anew', () => {
    const proposal = { ...update({ d1: 'dates' }, ['texts', 'serials', 'dates']), splits: apart };
    const { record, problems } = apply(history(), proposal, [diagnosis('d1')], 3);
    expect(problems).toEqual([
      'pattern dates is split into texts, serials in this update; describe those, or keep dates as a part',
      'diagnosis d1: dates is split into texts, serials; assign it to one of them',
    ]);
    expect(record.patterns.map(({ id, occurrences }) => [id, occurrences])).toEqual([
      ['texts', 2],
      ['serials', 1],
      ['times', 1],
    ]);
    expect(record.overlay[0]?.pattern).toBeNull();
  });

  it('takes no name of a pattern that this update has split or merged away', () => {
    const before = apply(history(), update({ d1: 'sums', d2: 'sums' }, ['sums']), batch.slice(0, 2), 3).record;
    const again = {
      from: 'sums',
      into: [
        { id: 'dates', sightings: ['3/d1'] },
        { id: 'sums', sightings: ['3/d2'] },
      ],
    };
    const afterSplit = { ...update({}, ['texts', 'serials', 'dates']), splits: [...apart, again] };
    expect(apply(before, afterSplit, [], 4).problems[0]).toMatch(/split of sums: dates is taken by another pattern/);
    const afterMerge = { ...update({}, ['dates']), merges: [{ into: 'times', from: ['dates'] }], splits: [again] };
    const { record, problems } = apply(before, afterMerge, [], 4);
    expect(problems[0]).toMatch(/split of sums: dates is taken by another pattern/);
    expect(record.patterns.map(({ id }) => id)).toEqual(['times', 'sums']);
  });

  it.each([
    [['1/d1', '1/d3'], ['2/d1', '2/d1'], /give each sighting to exactly one part; see 2\/d1/],
    [['1/d1'], ['2/d1'], /give each sighting to exactly one part; see 1\/d3/],
    [['1/d1', '1/d3'], ['2/d1', '9/d9'], /9\/d9 are none of its sightings/],
  ])('that loses or invents a sighting is not done', (one, other, problem) => {
    const before = history();
    const proposal = {
      ...update({}, ['serials']),
      splits: parts({ id: 'dates', sightings: one }, { id: 'serials', sightings: other }),
    };
    const { record, problems } = apply(before, proposal, [], 3);
    expect(problems[0]).toMatch(problem);
    expect(record.patterns).toEqual(before.patterns);
  });
});

describe('the places of patterns', () => {
  it('must be places of the skill', () => {
    const proposal = {
      ...update({ d1: 'dates' }),
      patterns: [{ ...pattern('dates', 'new words'), anchor: 'nowhere' }],
    };
    const { record, problems } = apply(history(), proposal, [diagnosis('d1')], 3);
    expect(problems).toEqual([
      'pattern dates: the skill has no place "nowhere"; name a section or a reference (common-pitfalls, references/dates.md), or null',
    ]);
    expect(find(record, 'dates')).toMatchObject({ summary: 'new words', anchor: 'common-pitfalls' });
  });

  it('follow the skill when its sections are renamed or go', () => {
    const renamed = renameAnchors(history(), new Map([['common-pitfalls', 'traps']]));
    expect(renamed.patterns.map(({ anchor }) => anchor)).toEqual(['traps', 'traps']);
    expect(renamed.overlay[0]?.anchor).toBe('traps');
    expect(renameAnchors(renamed, new Map([['traps', null]])).patterns[0]?.anchor).toBeNull();
  });
});

describe('a theme', () => {
  const theme = (...successes: string[]) => [{ theme: 'look before writing', successes }];
  const wins = ['d1', 'd2'].map((ordinal) => diagnosis(ordinal, 'contrastive'));
  const after = (record: MomentumRecord, themes: ReturnType<typeof theme>, diagnoses = wins) =>
    apply(
      record,
      update(Object.fromEntries(diagnoses.map(({ ordinal }) => [ordinal, null])), [], themes),
      diagnoses,
      record.step + 1,
    );

  it('stands on two successes of a batch, or on one and an earlier one', () => {
    expect(after(emptyMomentum, theme('d1', 'd2')).record.themes).toEqual(theme('1/d1', '1/d2'));
    const one = after(emptyMomentum, theme('d1'));
    expect(one.record.themes).toEqual([]);
    expect(one.problems).toEqual([
      'theme "look before writing": cite two successes of this batch (1/d1, 1/d2), or one of them and an earlier one',
    ]);
    const two = after(one.record, theme('d2', '1/d1'));
    expect(two.problems).toEqual([]);
    expect(two.record.themes).toEqual(theme('2/d2', '1/d1'));
  });

  it('does not stand on earlier successes alone, or on the same one twice', () => {
    const { record } = after(emptyMomentum, []);
    expect(after(record, theme('1/d1', '1/d2')).record.themes).toEqual([]);
    expect(after(record, theme('d1', '2/d1')).record.themes).toEqual([]);
  });

  it('is kept with its successes by repeating it, also in a batch of failures', () => {
    const { record } = after(emptyMomentum, theme('d1', 'd2'));
    expect(after(record, theme(), [diagnosis('d1')])).toMatchObject({
      problems: [],
      record: { themes: theme('1/d1', '1/d2') },
    });
  });
});
