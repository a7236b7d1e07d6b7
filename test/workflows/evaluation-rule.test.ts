import fc from 'fast-check';
import type { GateConfig } from '../../records/gate';
import type { EvaluateInput } from '../../records/workflows';
import { seededRandom } from '../../records/seeded';
import {
  comparison,
  finished,
  leftOut,
  mayStart,
  shortestPrefix,
  verdictOf,
  type SolvedBits,
} from '../../workflows/evaluation-rule';

type Rule = Pick<EvaluateInput, 'stop' | 'tasks'>;
const firstFailures = (count: number, tasks: number): Rule => ({ tasks, stop: { kind: 'failures', count } });

/** Measures tasks as the workflow does, `concurrency` at a time, and lets them end in an order of `seed`'s own. */
function measure(rule: Rule, results: readonly string[], concurrency: number, seed: number) {
  const random = seededRandom(seed);
  const solved: (string | undefined)[] = [];
  const running: number[] = [];
  let bought = 0;
  for (;;) {
    while (bought < rule.tasks && running.length < concurrency && mayStart(rule, solved, bought) === 'start') {
      running.push(bought);
      bought += 1;
    }
    if (running.length === 0) return { counted: shortestPrefix(rule, solved), bought, solved };
    const [ended = 0] = running.splice(Math.floor(random() * running.length), 1);
    solved[ended] = results[ended];
  }
}

describe('base rollouts', () => {
  const solvedOrNot = fc.array(fc.constantFrom('0', '1'), { minLength: 30, maxLength: 30 });

  it('end with the first failures in seeded order, at any concurrency, and none is run that is not needed', () => {
    fc.assert(
      fc.property(
        solvedOrNot,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 8 }),
        fc.nat(),
        (results, count, concurrency, seed) => {
          const rule = firstFailures(count, 30);
          const { counted, bought } = measure(rule, results, concurrency, seed);
          const failures = results.flatMap((bit, index) => (bit === '0' ? [index] : []));
          const last = failures[count - 1];
          expect(counted).toBe(last === undefined ? 30 : last + 1);
          expect(bought).toBe(counted);
        },
      ),
    );
  });

  it('ignore a failure that was found while an earlier task was still running', () => {
    const rule = firstFailures(2, 5);
    const early: SolvedBits = ['0', undefined, '0', '0'];
    expect(finished(rule, early)).toBe(false);
    expect(shortestPrefix(rule, ['0', '0', '0', '0'])).toBe(2);
    expect(mayStart(rule, ['0', undefined], 2)).toBe('wait');
    expect(mayStart(rule, ['0', '1'], 2)).toBe('start');
  });
});

describe('a paired comparison', () => {
  const gates = fc.constantFrom<GateConfig>(
    { policy: 'race', block: 4, maxTasks: 12, acceptLead: 2, refuseLead: -2 },
    { policy: 'strict', maxTasks: 12 },
    { policy: 'non-inferior', maxTasks: 12, margin: 0.1 },
    { policy: 'significant', maxTasks: 12, level: 0.05 },
  );
  const bits = fc.array(fc.constantFrom('1100', '1000', '0011', '0101', '1111'), { minLength: 12, maxLength: 12 });

  it('ends with the same verdict at any concurrency, and buys no task that the verdict does not count', () => {
    fc.assert(
      fc.property(gates, bits, fc.integer({ min: 1, max: 8 }), fc.nat(), (gate, results, concurrency, seed) => {
        const rule: Rule = { tasks: 12, stop: { kind: 'gate', gate } };
        const alone = measure(rule, results, 1, 0);
        const together = measure(rule, results, concurrency, seed);
        expect(verdictOf(rule, together.solved)).toEqual(verdictOf(rule, alone.solved));
        expect(together.counted).toBe(alone.counted);
        expect(together.bought).toBe(together.counted);
      }),
    );
  });

  it('ends with the same verdict at any concurrency where tasks are left out, and counts none of them', () => {
    const some = fc.array(fc.constantFrom('1100', '1000', '0011', '1111', leftOut), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(gates, some, fc.integer({ min: 2, max: 8 }), fc.nat(), (gate, results, concurrency, seed) => {
        const rule: Rule = { tasks: 12, stop: { kind: 'gate', gate } };
        const alone = measure(rule, results, 1, 0);
        const together = measure(rule, results, concurrency, seed);
        const verdict = verdictOf(rule, alone.solved);
        expect(verdictOf(rule, together.solved)).toEqual(verdict);
        expect(together.counted).toBe(alone.counted);
        const counted = results.slice(0, alone.counted).filter((task) => task !== leftOut);
        expect(verdict?.tasks).toBeLessThanOrEqual(counted.length);
        if (!results.includes(leftOut)) expect(verdict?.tasks).toBe(counted.length);
      }),
    );
  });

  it('is decided as if tasks that are left out had never been there', () => {
    const without: Rule = { tasks: 3, stop: { kind: 'gate', gate: { policy: 'strict', maxTasks: 12 } } };
    const rule: Rule = { ...without, tasks: 5 };
    const results = ['10', '01', '10'];
    expect(verdictOf(rule, ['10', leftOut, '01', leftOut, '10'])).toEqual(verdictOf(without, results));
    expect(verdictOf(rule, [leftOut, leftOut, leftOut, leftOut, leftOut])).toMatchObject({ accepted: false, tasks: 0 });
  });

  it('takes the mean over the samples of each version', () => {
    const rule: Rule = { tasks: 3, stop: { kind: 'gate', gate: { policy: 'strict', maxTasks: 3 } } };
    const verdict = verdictOf(rule, ['101100', '000100', '111100']);
    expect(verdict).toMatchObject({ accepted: true, tasks: 3, wins: 2, losses: 1 });
    expect(verdict?.candidateSolved).toBeCloseTo(5 / 3);
    expect(verdict?.currentSolved).toBeCloseTo(1);
  });
});

it('two versions are compared task by task, over the mean of their samples', () => {
  expect(comparison(['10', '10', '01', '11', '00'])).toEqual({ wins: 2, losses: 1 });
  expect(comparison(['1100', '1000', '1010', '0111'])).toEqual({ wins: 2, losses: 1 });
  expect(comparison(['1', '0'])).toEqual({ wins: 0, losses: 0 });
});
