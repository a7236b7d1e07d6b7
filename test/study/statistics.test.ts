import fc from 'fast-check';
import { mean } from '../../records/differences';
import { estimate, studentProbability, studentQuantile } from '../../study/statistics';

describe("Student's distribution", () => {
  it.each([
    // Two-sided 95 %, 99 % and 90 % points as printed in tables.
    [0.95, 1, 12.706],
    [0.95, 2, 4.303],
    [0.95, 5, 2.571],
    [0.95, 19, 2.093],
    [0.95, 120, 1.98],
    [0.99, 1, 63.657],
    [0.99, 10, 3.169],
    [0.9, 30, 1.697],
  ])('at level %d and %d degrees of freedom reaches %d', (level, freedom, quantile) => {
    expect(studentQuantile(level, freedom)).toBeCloseTo(quantile, 3);
  });

  it('has its closed forms for one and two degrees of freedom', () => {
    const t = fc.double({ min: -50, max: 50, noNaN: true });
    fc.assert(
      fc.property(t, (value) => {
        expect(studentProbability(value, 1)).toBeCloseTo(0.5 + Math.atan(value) / Math.PI, 10);
        expect(studentProbability(value, 2)).toBeCloseTo(0.5 + value / (2 * Math.sqrt(2 + value * value)), 10);
      }),
      { numRuns: 2000, examples: [[0], [1e-9], [-1e-7], [3e-5], [50]] },
    );
  });

  it('approaches the normal distribution', () => {
    expect(studentQuantile(0.95, 1e6)).toBeCloseTo(1.959964, 4);
  });
});

describe('an estimate', () => {
  it('is the textbook interval of a small sample', () => {
    // Mean 5, standard deviation 2.138, standard error 0.7559, t(7) = 2.3646.
    const { mean: middle, low, high, count } = estimate([2, 4, 4, 4, 5, 5, 7, 9]);
    expect([middle, count]).toEqual([5, 8]);
    expect(low).toBeCloseTo(3.2125, 3);
    expect(high).toBeCloseTo(6.7875, 3);
  });

  it('has no interval for one value, and a point for equal ones', () => {
    expect(estimate([3])).toEqual({ mean: 3, low: null, high: null, count: 1 });
    expect(estimate([0.25, 0.25, 0.25])).toMatchObject({ mean: 0.25, low: 0.25, high: 0.25 });
  });

  it('covers the true mean of normal samples about as often as its level says', () => {
    // Pairs of uniform numbers of a fixed sequence, made normal by Box and Muller.
    let state = 12_345;
    const uniform = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    const covered = Array.from({ length: 2000 }, () => estimate(Array.from({ length: 6 }, normal)));
    const hits = covered.map(({ low, high }) => Number((low ?? 1) <= 0 && (high ?? -1) >= 0));
    expect(Math.abs(mean(hits) - 0.95)).toBeLessThan(0.02);
  });
});
