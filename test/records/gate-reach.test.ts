import type { GateConfig } from '../../records/gate';
import { unreachableGate } from '../../records/gate-reach';
import { isSignificant, signTest } from '../../records/sign-test';

const race: GateConfig = { policy: 'race', block: 10, maxTasks: 40, acceptLead: 3, refuseLead: -2 };
const significant = (level: number, maxTasks = 40): GateConfig => ({ policy: 'significant', maxTasks, level });

describe('a gate that its sample cannot serve', () => {
  it.each<[string, GateConfig, number, RegExp]>([
    ['a lead above the tasks', race, 2, /lead of \+3 can't be reached on 2 validation tasks.*--gate-accept to 2/],
    [
      'a lead below the tasks',
      { ...race, acceptLead: 1, refuseLead: -3 },
      2,
      /lead of −3 can't be reached on 2.*--gate-refuse to -2/,
    ],
    ['a level above five wins', significant(0.05), 5, /at least 6 wins and no loss, and there are 5 validation tasks/],
    ['a level above its own tasks', significant(0.05, 5), 40, /raise --gate-tasks.*--gate-level to 0\.0625/],
    ['no tasks', { policy: 'strict', maxTasks: 20 }, 0, /no validation tasks.*--validation-tasks/],
  ])('is told with the numbers and what to do: %s', (_, config, tasks, message) => {
    expect(unreachableGate(config, tasks)).toMatch(message);
  });

  it.each<[GateConfig, number]>([
    [race, 40],
    [race, 3],
    [significant(0.05), 6],
    [significant(0.0625), 5],
    [{ policy: 'non-inferior', maxTasks: 20, margin: 0 }, 1],
    [{ policy: 'none' }, 0],
  ])('is not found where it can: %o on %d tasks', (config, tasks) => {
    expect(unreachableGate(config, tasks)).toBeNull();
  });
});

describe('the sign test', () => {
  // Two-sided binomial tests at one half, from the closed form 2 · Σ C(n, k) / 2^n.
  it.each([
    [6, 0, 0.03125],
    [5, 0, 0.0625],
    [8, 1, 0.0390625],
    [15, 5, 0.04138946533203125],
    [4, 4, 1],
    [0, 0, 1],
  ])('of %d wins and %d losses gives p = %d', (wins, losses, p) => {
    expect(signTest(wins, losses)).toBeCloseTo(p, 12);
    expect(signTest(losses, wins)).toBeCloseTo(p, 12);
  });

  it('stays exact on a thousand tasks, and on more', () => {
    expect(signTest(1000, 0)).toBe(2 ** -999);
    expect(signTest(500, 500)).toBe(1);
    expect(isSignificant(532, 468, 0.05)).toBe(true);
    expect(isSignificant(531, 469, 0.05)).toBe(false);
    expect(signTest(1000, 1)).toBe(1002 * 2 ** -1000);
    expect(signTest(5000, 5000)).toBe(1);
    // 2.01 standard deviations of 10,000 fair coins.
    expect(signTest(5100, 4900)).toBeCloseTo(0.0466, 3);
  });
});
