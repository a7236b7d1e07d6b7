import fc from 'fast-check';
import { seededRandom, seedNumber, shuffled } from '../../records/seeded';

describe('seeded choices', () => {
  it('draw numbers that stay the same from version to version, since runs are replayed from them', () => {
    const random = seededRandom(0, 'execute', 'task-1', 0);
    expect([random(), random(), random()].map((value) => Math.floor(value * 1e6))).toEqual([590611, 232954, 571512]);
    expect(seedNumber(0, 'executor', 'task-1')).toBe(1442137264);
  });

  it('tell apart parts that join to the same text', () => {
    expect(seedNumber('ab', 'c')).not.toBe(seedNumber('a', 'bc'));
    expect(seedNumber(1)).not.toBe(seedNumber('1'));
  });

  it('are spread evenly, also from one seed to the next', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (let seed = 0; seed < 10_000; seed++) {
      const bin = Math.floor(seededRandom(seed)() * 10);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    // Chi-square with 9 degrees of freedom: 27.9 is its 99.9 % point.
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(27.9);
  });

  it('shuffle without losing or inventing an item, and leave the input alone', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.string(), (items, seed) => {
        const before = [...items];
        expect(shuffled(items, seed).sort()).toEqual([...before].sort());
        expect(items).toEqual(before);
      }),
    );
  });
});
