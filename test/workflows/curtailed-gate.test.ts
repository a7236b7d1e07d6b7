import fc from 'fast-check';
import type { GateConfig } from '../../records/gate';
import { blockToMeasure, decide } from '../../workflows/validation-gate';
import { outcome, pairs } from './paired-scores';

const nonInferior = (maxTasks: number, margin: number): GateConfig => ({ policy: 'non-inferior', maxTasks, margin });
const significant = (maxTasks: number, level: number): GateConfig => ({ policy: 'significant', maxTasks, level });

describe('the non-inferior gate', () => {
  test.each([
    ['accepts a tie, which strict refuses', '=.=.=.=.=.', 10, 0, 'accept at 10'],
    ['accepts what is worse by the margin', '-=........', 10, 0.1, 'accept at 10'],
    ['refuses what is worse by more, as soon as that is sure', '---------', 10, 0.1, 'refuse at 6'],
    ['stops once all that is open could be lost', '+++++', 8, 0.25, 'accept at 3'],
    ['goes on while the margin may be left', '++', 8, 0.25, 'undecided'],
    ['refuses at once without tasks', '', 0, 0.1, 'refuse at 0'],
  ])('%s', (_, letters, tasks, margin, expected) => {
    expect(outcome(nonInferior(40, margin), letters, tasks)).toBe(expected);
  });

  it('counts the size of differences, where several samples make them fractions', () => {
    const slightlyWorse = Array.from({ length: 10 }, () => ({ candidate: 2 / 3, current: 1 }));
    expect(decide(nonInferior(10, 0.34), slightlyWorse, 10)).toMatchObject({ accepted: true, losses: 10 });
    expect(decide(nonInferior(10, 0.33), slightlyWorse, 10)).toMatchObject({ accepted: false });
  });
});

describe('the significant gate', () => {
  test.each([
    ['takes six wins and no loss at 5 %', '++++++', 6, 'accept at 6'],
    ['refuses five, as soon as a sixth is out of reach', '.+++++', 6, 'refuse at 1'],
    ['waits while losses could take the level away', '++++++', 8, 'undecided'],
    ['accepts eight wins against one loss', '+-+++++++', 9, 'accept at 9'],
    ['refuses seven wins against one loss', '++++++-+', 8, 'refuse at 7'],
    ['never accepts what is significantly worse', '------------', 12, 'refuse at 3'],
  ])('%s', (_, letters, tasks, expected) => {
    expect(outcome(significant(40, 0.05), letters, tasks)).toBe(expected);
  });

  it('says wins, losses and p over the deciding prefix', () => {
    expect(decide(significant(40, 0.05), pairs('+-+++++++'), 9)).toMatchObject({
      wins: 8,
      losses: 1,
      reason: '8 wins, 1 losses, p = 0.039 after 9 of 9 tasks: significant at a two-sided level of 0.05',
    });
  });
});

const gates = fc.constantFrom<GateConfig>(
  { policy: 'strict', maxTasks: 9 },
  nonInferior(9, 0.2),
  significant(9, 0.2),
  significant(9, 0.05),
);
const results = fc.array(fc.constantFrom('+', '-', '=', '.'), { minLength: 9, maxLength: 9 });

it('every gate but the race stops exactly where no result still to come can change the decision', () => {
  /** Whatever may come, by brute force over wins, ties and losses: what the decision could be. */
  const possible = (config: GateConfig, prefix: string): Set<string> => {
    const endings = prefix.length === 9 ? [''] : ['+', '-', '.', '='];
    const continued = endings.flatMap((one) =>
      endings.map((other) => `${prefix}${one.repeat(Math.ceil((9 - prefix.length) / 2))}${other.repeat(9)}`),
    );
    return new Set(continued.map((letters) => outcome(config, letters.slice(0, 9), 9).slice(0, 6)));
  };
  fc.assert(
    fc.property(gates, results, (config, letters) => {
      const final = decide(config, pairs(letters.join('')), 9);
      if (final === 'undecided') throw new Error('a full sample must decide');
      const deciding = letters.slice(0, final.tasks).join('');
      expect(possible(config, deciding).size).toBe(1);
      if (final.tasks > 0) expect(possible(config, deciding.slice(0, -1)).size).toBe(2);
    }),
  );
});

it('asks for as many tasks as some results could decide on, and for none once it has decided', () => {
  fc.assert(
    fc.property(gates, results, fc.nat(9), (config, letters, measured) => {
      const seen = letters.slice(0, measured).join('');
      const block = blockToMeasure(config, pairs(seen), 9);
      const decided = (more: number) =>
        ['+', '-'].some((letter) => outcome(config, seen + letter.repeat(more), 9) !== 'undecided');
      if (outcome(config, seen, 9) !== 'undecided') return;
      expect(block).toBeGreaterThan(0);
      expect(decided(block)).toBe(true);
      expect(decided(block - 1)).toBe(false);
    }),
  );
});
