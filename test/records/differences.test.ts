import fc from 'fast-check';
import { mean, sign, signed } from '../../records/differences';

it('shows differences to two decimals, or as it is told', () => {
  expect([3, 0, -1.5, 0.333, -0.001].map((value) => signed(value))).toEqual(['+3', '0', '−1.5', '+0.33', '0']);
  const points = (share: number): string => (share * 100).toFixed(1);
  expect([0.25, -0.25, 0, -0.0001].map((value) => signed(value, points))).toEqual(['+25.0', '−25.0', '0.0', '0.0']);
});

it('shows a difference and its opposite alike but for the sign', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (value) => {
      expect(signed(-value).replace('−', '+')).toBe(signed(value));
    }),
    { examples: [[0.005], [0.125]] },
  );
});

it('takes what rounding leaves of equal means for no difference', () => {
  expect(sign(mean([0.1, 0.2]) - mean([0.2, 0.1]))).toBe(0);
  expect(sign(0.1 + 0.2 - 0.3)).toBe(0);
  expect([sign(0.5), sign(-0.5)]).toEqual([1, -1]);
});
