import fc from 'fast-check';
import type { GateConfig } from '../../records/gate';
import { seededRandom } from '../../records/seeded';
import { blockToMeasure, decide } from '../../workflows/validation-gate';
import { outcome, pairs } from './paired-scores';

const race: GateConfig = { policy: 'race', block: 10, maxTasks: 40, acceptLead: 3, refuseLead: -2 };
const strict = (maxTasks: number): GateConfig => ({ policy: 'strict', maxTasks });
const nonInferior: GateConfig = { policy: 'non-inferior', maxTasks: 30, margin: 0.1 };
const significant: GateConfig = { policy: 'significant', maxTasks: 30, level: 0.05 };

describe('the race', () => {
  test.each([
    ['waits for the end of the block', '+++++++++', 'undecided'],
    ['accepts at the lead, at the end of a block', '+++.......', 'accept at 10'],
    ['refuses at the lower lead, at the end of a block', '--........', 'refuse at 10'],
    ['goes on between the two leads', '++........', 'undecided'],
    ['judges the lead at the end of the block, not its best on the way', '+++-......', 'undecided'],
    ['accepts in the second block', '++........+.........', 'accept at 20'],
    ['ignores results after the deciding block', '+++.......----------', 'accept at 10'],
    ['ignores results after a task that is not measured yet', '+++......?++++++++++', 'undecided'],
    ['accepts by the sign at the end', '+'.padEnd(40, '.'), 'accept at 40'],
    ['refuses a tie at the end', '='.repeat(40), 'refuse at 40'],
    ['refuses a lag at the end', '-'.padEnd(40, '='), 'refuse at 40'],
  ])('%s', (_, letters, expected) => {
    expect(outcome(race, letters)).toBe(expected);
  });

  it('decides by the sign when there are fewer tasks than it may take', () => {
    expect(outcome(race, '+......', 7)).toBe('accept at 7');
    expect(outcome(race, '.......', 7)).toBe('refuse at 7');
    expect(outcome(race, '++.........+', 12)).toBe('accept at 12');
  });

  it('counts means over several samples without tripping over rounding', () => {
    const third = { candidate: 1, current: 2 / 3 };
    const scores = Array.from({ length: 10 }, (_, index) => (index < 9 ? third : { candidate: 0, current: 0 }));
    expect(decide(race, scores, 40)).toMatchObject({ accepted: true, tasks: 10, wins: 9, losses: 0 });
  });

  it('says its numbers over the deciding prefix alone', () => {
    expect(decide(race, pairs('++++-==...----------'), 40)).toEqual({
      accepted: true,
      policy: 'race',
      tasks: 10,
      candidateSolved: 6,
      currentSolved: 3,
      wins: 4,
      losses: 1,
      reason: 'lead +3 after 10 of at most 40 tasks: reached +3',
    });
  });
});

describe('the strict gate', () => {
  test.each([
    ['stops as soon as wins outnumber what is open', '+++', 5, 'accept at 3'],
    ['goes on while losses could still level it', '++', 5, 'undecided'],
    ['stops as soon as it can only be level', '---', 6, 'refuse at 3'],
    ['goes on while a win is in reach', '--', 6, 'undecided'],
    ['accepts one win and no loss at the end', '+....', 5, 'accept at 5'],
    ['refuses a tie', '+-...', 5, 'refuse at 5'],
    ['refuses at once without tasks', '', 0, 'refuse at 0'],
  ])('%s', (_, letters, tasks, expected) => {
    expect(outcome(strict(tasks), letters)).toBe(expected);
  });
});

it('gives the same verdict in whatever order results come in', () => {
  const anyGate = fc.constantFrom<GateConfig>(race, strict(20), nonInferior, significant, { policy: 'none' });
  fc.assert(
    fc.property(
      anyGate,
      fc.array(fc.constantFrom('+', '-', '='), { minLength: 40, maxLength: 40 }),
      fc.nat(),
      (config, letters, seed) => {
        const random = seededRandom(seed);
        const all = pairs(letters.join(''));
        const expected = decide(config, all, 40);
        const seen: typeof all = all.map(() => undefined);
        const order = all.map((_, index) => index).sort(() => random() - 0.5);
        let decision = decide(config, seen, 40);
        for (const index of order) {
          if (decision !== 'undecided') break;
          seen[index] = all[index];
          decision = decide(config, seen, 40);
        }
        expect(decision).toEqual(expected);
      },
    ),
  );
});

it('is decided by measuring the blocks that it asks for, never more than it may take', () => {
  const leads = fc.array(fc.constantFrom('+', '-', '='), { minLength: 40, maxLength: 40 });
  fc.assert(
    fc.property(
      fc.constantFrom(race, strict(20), nonInferior, significant),
      fc.integer({ min: 1, max: 40 }),
      leads,
      (config, total, letters) => {
        let measured = 0;
        for (
          let rounds = 0;
          decide(config, pairs(letters.join('').slice(0, measured)), total) === 'undecided';
          rounds++
        ) {
          const block = blockToMeasure(config, pairs(letters.join('').slice(0, measured)), total);
          expect(block).toBeGreaterThan(0);
          expect(rounds).toBeLessThan(40);
          measured += block;
        }
        expect(measured).toBeLessThanOrEqual(total);
      },
    ),
  );
});

it('accepts everything with the policy none, without a task', () => {
  expect(decide({ policy: 'none' }, [], 0)).toMatchObject({ accepted: true, tasks: 0 });
  expect(blockToMeasure({ policy: 'none' }, [], 40)).toBe(0);
});
