import { addSpending, noSpending, toNanoUsd, type Spending } from '../../records/usage';
import { seededRandom } from '../../records/seeded';

const call = (costUsd: number | null): Spending => ({ calls: 1, tokens: 10, costUsd });

it('adds up to the same total in whatever order and grouping calls end', () => {
  const random = seededRandom('costs');
  const calls = Array.from({ length: 500 }, () => call(toNanoUsd(random() / 100)));
  const total = calls.reduce(addSpending, noSpending);
  expect(calls.toReversed().reduce(addSpending, noSpending)).toEqual(total);
  const halves = [calls.slice(0, 123), calls.slice(123)].map((half) => half.reduce(addSpending, noSpending));
  expect(halves.reduce(addSpending, noSpending)).toEqual(total);
});

it('knows no total once the price of one call is unknown', () => {
  expect([call(1), call(null), call(2)].reduce(addSpending, noSpending)).toEqual({
    calls: 3,
    tokens: 30,
    costUsd: null,
  });
});
