import fc from 'fast-check';
import { seededRandom } from '../../records/seeded';
import type { PairedScore } from '../../records/gate';
import type { GateConfig } from '../../records/run-config';
import { blockToMeasure, checkReachable, decide } from '../../workflows/validation-gate';

const race: GateConfig = { policy: 'race', block: 10, maxTasks: 40, acceptLead: 3, refuseLead: -2 };
const strict = (maxTasks: number): GateConfig => ({ policy: 'strict', maxTasks });

/** One letter a task: `+` the candidate alone solves it, `-` the current alone, `=` both, `.` none, `?` not measured. */
function pairs(letters: string): (PairedScore | undefined)[] {
  return [...letters].map((letter) =>
    letter === '?'
      ? undefined
      : {
          candidate: letter === '+' || letter === '=' ? 1 : 0,
          current: letter === '-' || letter === '=' ? 1 : 0,
        },
  );
}

function outcome(config: GateConfig, letters: string, total = 40): string {
  const decision = decide(config, pairs(letters), total);
  return decision === 'undecided' ? decision : `${decision.accepted ? 'accept' : 'refuse'} at ${decision.tasks}`;
}

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

  it('stops exactly where no result still to come can change the decision', () => {
    const results = fc.array(fc.constantFrom('+', '-', '=', '.'), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(results, (letters) => {
        const final = decide(strict(8), pairs(letters.join('')), 8);
        if (final === 'undecided') throw new Error('a full sample must decide');
        const worst = (prefix: string, letter: string) => decide(strict(8), pairs(prefix.padEnd(8, letter)), 8);
        const before = letters.slice(0, final.tasks).join('');
        expect(worst(before, '-')).toEqual(worst(before, '+'));
        if (final.tasks > 0) {
          const shorter = before.slice(0, -1);
          expect(worst(shorter, '-')).not.toMatchObject({ accepted: (worst(shorter, '+') as typeof final).accepted });
        }
      }),
    );
  });
});

it('gives the same verdict in whatever order results come in', () => {
  const anyGate = fc.constantFrom<GateConfig>(race, strict(20), { policy: 'none' });
  fc.assert(
    fc.property(
      anyGate,
      fc.array(fc.constantFrom('+', '-', '='), { minLength: 40, maxLength: 40 }),
      fc.nat(),
      (config, letters, seed) => {
        const random = seededRandom(seed);
        const all = pairs(letters.join(''));
        const expected = decide(config, all, 40);
        const seen: (PairedScore | undefined)[] = all.map(() => undefined);
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
    fc.property(fc.constantFrom(race, strict(20)), fc.integer({ min: 1, max: 40 }), leads, (config, total, letters) => {
      let measured = 0;
      for (
        let rounds = 0;
        decide(config, pairs(letters.join('').slice(0, measured)), total) === 'undecided';
        rounds++
      ) {
        const block = blockToMeasure(config, measured, total);
        expect(block).toBeGreaterThan(0);
        expect(rounds).toBeLessThan(20);
        measured += block;
      }
      expect(measured).toBeLessThanOrEqual(total);
    }),
  );
});

it('accepts everything with the policy none, without a task', () => {
  expect(decide({ policy: 'none' }, [], 0)).toMatchObject({ accepted: true, tasks: 0 });
  expect(blockToMeasure({ policy: 'none' }, 0, 40)).toBe(0);
});

it('refuses a level that the sample cannot reach, and says what to do', () => {
  expect(checkReachable(race, 40)).toBeNull();
  expect(checkReachable(race, 2)).toMatch(/lead of \+3 can't be reached on 2 validation tasks/);
  expect(checkReachable(strict(20), 0)).toMatch(/--validation-tasks/);
  expect(checkReachable({ policy: 'none' }, 0)).toBeNull();
});

test.each([
  ['race', race, 0.42],
  ['strict on 20 tasks', strict(20), 0.42],
] as const)('%s accepts an equally good candidate about as often as documented', (_, config, documented) => {
  const random = seededRandom('false acceptance');
  const comparisons = 2000;
  let accepted = 0;
  for (let trial = 0; trial < comparisons; trial++) {
    const scores = Array.from({ length: 40 }, () => ({
      candidate: random() < 0.6 ? 1 : 0,
      current: random() < 0.6 ? 1 : 0,
    }));
    const decision = decide(config, scores, 40);
    if (decision === 'undecided') throw new Error('a full sample must decide');
    accepted += decision.accepted ? 1 : 0;
  }
  expect(Math.abs(accepted / comparisons - documented)).toBeLessThan(0.045);
});
