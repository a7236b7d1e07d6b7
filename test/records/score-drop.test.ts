import fc from 'fast-check';
import { newAnswerers, plainName } from '../../records/schedule';
import { fewestLosses, scoreDrop } from '../../records/score-drop';

const rule = { level: 0.05, minDrop: 0 };
const verdicts = (bits: string) => Array.from(bits, (bit, index) => ({ taskId: `t${index}`, solved: bit === '1' }));
const drop = (before: string, now: string, over = {}) =>
  scoreDrop(verdicts(before), verdicts(now), { ...rule, ...over });

it('tells a drop from six tasks lost and none won on, and not from fewer', () => {
  expect(drop('11111111', '11000000')).toMatchObject({ dropped: true, before: 8, after: 2, losses: 6, wins: 0 });
  expect(drop('11111111', '11100000')).toMatchObject({ dropped: false, losses: 5 });
  expect(drop('11111110', '10000001')).toMatchObject({ dropped: false, losses: 6, wins: 1 });
});

it('takes no gain for a drop, however significant', () => {
  expect(drop('00000000', '11111111')).toMatchObject({ dropped: false, wins: 8, p: 2 ** -7 });
});

it('lets a significant drop pass that is smaller than asked for', () => {
  const [before, now] = [`111111${'1'.repeat(94)}`, `000000${'1'.repeat(94)}`];
  expect(drop(before, now, { minDrop: 0.06 })).toMatchObject({ dropped: true });
  expect(drop(before, now, { minDrop: 0.07 })).toMatchObject({ dropped: false });
});

it('leaves out tasks that were measured once only', () => {
  expect(drop('111111', '000000').tasks).toBe(6);
  expect(drop('111111', '00000')).toMatchObject({ dropped: false, tasks: 5, before: 5 });
  expect(drop('111', '000111').tasks).toBe(3);
});

it('depends on the pairs alone, not on the order in which they are told', () => {
  const pair = fc.tuple(fc.boolean(), fc.boolean());
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 60 }), (pairs) => {
      const before = pairs.map(([solved], index) => ({ taskId: `t${index}`, solved }));
      const now = pairs.map(([, solved], index) => ({ taskId: `t${index}`, solved }));
      expect(scoreDrop(before, [...now].reverse(), rule)).toEqual(scoreDrop([...before].reverse(), now, rule));
    }),
  );
});

it('knows how many losses a level takes', () => {
  expect([0.5, 0.05, 0.01, 0.001].map(fewestLosses)).toEqual([2, 6, 8, 11]);
});

it('knows a model by its name and by the system behind it', () => {
  const known = [
    { model: 'm', fingerprint: 'fp_1' },
    { model: 'm', fingerprint: 'fp_2' },
  ];
  expect(newAnswerers(known, [{ model: 'm', fingerprint: 'fp_2' }])).toEqual([]);
  expect(newAnswerers(known, [{ model: 'm', fingerprint: 'fp_3' }])).toHaveLength(1);
  expect(newAnswerers(known, [{ model: 'm-2', fingerprint: 'fp_1' }])).toHaveLength(1);
});

it('makes names that a folder and a run can have', () => {
  expect(plainName('2026-11-27T06:00:00')).toBe('2026-11-27t06-00-00');
});
