import fc from 'fast-check';
import { addSpending, covers, noSpending, type Allowance, type Spending } from '../../records/usage';
import { grant } from '../../workflows/allowance';

const amount = fc.integer({ min: 0, max: 50 });
const usd = fc.integer({ min: 0, max: 50e9 }).map((nano) => nano / 1e9);
const spending = fc.record({ calls: amount, tokens: amount, costUsd: usd });
const caps = fc.record({
  calls: fc.option(amount),
  tokens: fc.option(amount),
  costUsd: fc.option(fc.oneof(amount, usd)),
});

const sum = (all: readonly Spending[]): Spending => all.reduce(addSpending, noSpending);
/** What a grant allows at most, as a spending; an uncapped quantity counts nothing. */
const most = (allowance: Allowance): Spending => ({
  calls: allowance.calls ?? 0,
  tokens: allowance.tokens ?? 0,
  costUsd: allowance.costUsd ?? 0,
});

it('never grants more than the caps leave beside what was spent and what others hold', () => {
  const requests = fc.array(spending, { maxLength: 12 });
  fc.assert(
    fc.property(caps, spending, requests, fc.integer({ min: 1, max: 8 }), (limits, spent, wanted, concurrency) => {
      fc.pre(covers(limits, spent));
      const held: Allowance[] = [];
      for (const needed of wanted) {
        const allowance = grant(limits, spent, held, needed, concurrency);
        if (allowance === null) continue;
        expect(covers(allowance, needed)).toBe(true);
        held.push(allowance);
      }
      if (held.length > 0) expect(covers(limits, addSpending(spent, sum(held.map(most))))).toBe(true);
    }),
  );
});

it('grants what is needed whenever nobody else holds anything and the caps leave it', () => {
  fc.assert(
    fc.property(caps, spending, spending, fc.integer({ min: 1, max: 8 }), (limits, spent, needed, concurrency) => {
      fc.pre(covers(limits, spent));
      const fits = covers(limits, addSpending(spent, needed));
      expect(grant(limits, spent, [], needed, concurrency) !== null).toBe(fits);
    }),
  );
});

it('grants no money once something of unknown price was spent', () => {
  const unknown = { calls: 1, tokens: 10, costUsd: null };
  expect(grant({ calls: null, tokens: null, costUsd: 5 }, unknown, [], { ...noSpending, costUsd: 0.01 }, 1)).toBeNull();
});
