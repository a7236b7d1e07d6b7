import { showsGain } from '../../records/gain';

const measured = (wins: number, losses: number) => ({
  ...{ before: { solved: losses, tasks: 20 }, after: { solved: wins, tasks: 20 } },
  ...{ wins, losses },
});

it('a gain is claimed only beyond chance, and never of a version that lost', () => {
  expect(
    [
      [6, 0],
      [5, 0],
      [9, 1],
      [10, 3],
      [0, 9],
      [0, 0],
    ].map(([wins = 0, losses = 0]) => showsGain(measured(wins, losses))),
  ).toEqual([true, false, true, false, false, false]);
});
