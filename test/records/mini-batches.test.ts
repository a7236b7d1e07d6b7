import fc from 'fast-check';
import { batchCount, miniBatches, oversizedBatch, seededRounds } from '../../records/mini-batches';

const tasks = Array.from({ length: 10 }, (_, index) => `task-${index}`);
const passes = (batchSize: number) => ({ schedule: 'epoch' as const, batchSize, updates: null });
const fixed = (batchSize: number, updates: number) => ({ schedule: 'fixed-updates' as const, batchSize, updates });

describe('the mini-batches of an epoch', () => {
  it('go once through all tasks, the last batch short', () => {
    const batches = miniBatches(seededRounds(tasks, 0), passes(4), 1);
    expect(batches.map((batch) => batch.length)).toEqual([4, 4, 2]);
    expect(batches.flat().sort()).toEqual([...tasks].sort());
    expect(batchCount(passes(4), 10)).toBe(3);
  });

  it('are the same for the same seed and epoch, and differ between seeds and epochs', () => {
    const batches = (seed: number, epoch: number) => miniBatches(seededRounds(tasks, seed), passes(4), epoch);
    expect(batches(7, 1)).toEqual(batches(7, 1));
    expect(batches(7, 1)).not.toEqual(batches(7, 2));
    expect(batches(7, 1)).not.toEqual(batches(8, 1));
  });

  it('are none without tasks, and refuse a batch size that is not a count', () => {
    expect(miniBatches(seededRounds([], 0), passes(4), 1)).toEqual([]);
    expect(() => miniBatches(seededRounds(tasks, 0), passes(0), 1)).toThrow(
      /batch size: expected a whole number from 1, got 0/,
    );
  });
});

describe('fixed updates', () => {
  it('are exactly so many full batches, none with a task twice, and use all tasks before any comes again', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 30 }),
        fc.nat(),
        (pool, size, updates, seed) => {
          fc.pre(size <= pool);
          const all = Array.from({ length: pool }, (_, index) => index);
          const batches = miniBatches(seededRounds(all, seed), fixed(size, updates), 1);
          expect(batches).toHaveLength(updates);
          for (const batch of batches) expect(new Set(batch).size).toBe(size);
          const drawn = batches.flat();
          for (let from = 0; from + pool <= drawn.length; from += pool) {
            expect(new Set(drawn.slice(from, from + pool)).size).toBe(pool);
          }
        },
      ),
    );
  });

  it('are reshuffled from round to round, the same for the same seed', () => {
    const drawn = (seed: number) => miniBatches(seededRounds(tasks, seed), fixed(5, 4), 1).flat();
    expect(drawn(3)).toEqual(drawn(3));
    expect(drawn(3).slice(0, 10)).not.toEqual(drawn(3).slice(10));
    expect(drawn(3)).not.toEqual(drawn(4));
    expect(batchCount(fixed(5, 4), 10)).toBe(4);
  });

  it('are never taken for none when their number is missing', () => {
    const unnumbered = { ...fixed(2, 1), updates: null };
    expect(() => batchCount(unnumbered, 10)).toThrow(/expected a number of updates, got none/);
    expect(() => miniBatches(seededRounds(tasks, 0), unnumbered, 1)).toThrow(/expected a number of updates/);
  });

  it('refuse a batch that is larger than the pool', () => {
    expect(oversizedBatch(fixed(8, 4), 5)).toMatch(/batch of 8 is larger than the 5 training tasks.*--batch-size to 5/);
    expect(oversizedBatch(fixed(5, 4), 5)).toBeNull();
    expect(oversizedBatch(passes(8), 5)).toBeNull();
    expect(() => miniBatches(seededRounds(tasks.slice(0, 5), 0), fixed(8, 4), 1)).toThrow(/8 is larger.*pool of 5/);
  });
});
