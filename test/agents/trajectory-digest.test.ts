import { condenseTrajectory, digestTurn } from '../../agents/trajectory-digest';
import { countTokens } from '../../skill/layer-budgets';
import { longTrajectory, turn } from './diagnoser/attempts';

const tokensIn = (value: unknown): Promise<number> => countTokens(JSON.stringify(value, null, 1));
const whole = (number: number, turns = longTrajectory(60)) => {
  const found = turns.find((entry) => entry.turn === number);
  return found === undefined ? undefined : digestTurn(found, Infinity);
};

it('shows a trajectory whole where it fits', async () => {
  const turns = longTrajectory(5);
  expect(await condenseTrajectory(turns, 20_000)).toEqual(turns.map((entry) => digestTurn(entry, Infinity)));
});

it.each([24_000, 8_000])('keeps 60 turns within %i tokens, each of them named', async (budget) => {
  const shown = await condenseTrajectory(longTrajectory(60), budget);
  expect(await tokensIn(longTrajectory(60))).toBeGreaterThan(60_000);
  expect(await tokensIn(shown)).toBeLessThanOrEqual(budget);
  expect(shown.map((entry) => entry.turn)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
});

it('keeps the turns that ran code, met an error or ended the rollout whole, and cuts the others', async () => {
  const shown = await condenseTrajectory(longTrajectory(60), 16_000);
  for (const decisive of [9, 18, 20, 27, 36, 45, 54, 59, 60]) expect(shown[decisive - 1]).toEqual(whole(decisive));
  for (const plain of [30, 40, 50]) {
    expect(shown[plain - 1]).not.toEqual(whole(plain));
    expect(shown[plain - 1]?.calls[0]?.name).toBe('read_sheet');
  }
});

it('lets no huge turn starve the other decisive ones', async () => {
  const turns = longTrajectory(30);
  turns[28] = turn(29, 'run_code', '{}', 'a line of output like any other\n'.repeat(3_000));
  const shown = await condenseTrajectory(turns, 6_000);
  expect(await tokensIn(shown)).toBeLessThanOrEqual(6_000);
  expect(shown[26]?.observations[0]).toBe('exit code 0\nwrote 40 cells');
  expect(shown[28]?.observations[0]).toContain('characters left out');
});

it('names stretches that it has no room for, so that they can be read on demand', async () => {
  const shown = await condenseTrajectory(longTrajectory(900), 3_000);
  expect(await tokensIn(shown)).toBeLessThanOrEqual(3_000);
  expect(shown[0]).toMatchObject({ turn: 1, thought: '[turns 1 to 827 left out]', calls: [] });
  expect(shown.at(-1)).toEqual(whole(900, longTrajectory(900)));
});
