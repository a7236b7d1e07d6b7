import fc from 'fast-check';
import { ChaosKind, kindRules } from './fault-kinds';
import { scheduleOf } from './schedule';

const seeds = fc.nat(1_000_000);

it('depends on seed and number alone', () => {
  expect(scheduleOf(7, 3)).toEqual(scheduleOf(7, 3));
  expect(scheduleOf(7, 3).faults).not.toEqual(scheduleOf(8, 3).faults);
});

it('has had every kind of fault after ten schedules, whatever the seed', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const kinds = Array.from({ length: 10 }, (_, index) => scheduleOf(seed, index)).flatMap(({ faults }) => faults);
      expect(new Set(kinds.map(({ kind }) => kind)).size).toBe(ChaosKind.options.length);
    }),
    { numRuns: 50 },
  );
});

it('strikes at sandboxes only where code runs in them, and at no more workers than a task is let off for', () => {
  fc.assert(
    fc.property(seeds, fc.nat(200), (seed, index) => {
      const { benchmark, faults, workers } = scheduleOf(seed, index);
      const groups = faults.map(({ kind }) => kindRules[kind].group);
      if (benchmark === 'custom') expect(groups).not.toContain('sandbox');
      expect(groups.filter((group) => group === 'worker').length).toBeLessThanOrEqual(2);
      expect([1, 2, 3]).toContain(workers);
    }),
  );
});
