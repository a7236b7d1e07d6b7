import { confirm } from '../../workflows/confirmation';

const version = (digit: string): string => `sha256:${digit.repeat(64)}`;
const [best, seed] = [version('b'), version('5')];

describe('the confirmation before delivery', () => {
  it('delivers the best version where it is ahead of the seed', () => {
    expect(confirm(best, seed, { tasks: 12, solved: [9, 7], wins: 3, losses: 1 })).toEqual({
      finalSkill: best,
      note: null,
      validation: { before: { solved: 7, tasks: 12 }, after: { solved: 9, tasks: 12 }, wins: 3, losses: 1 },
    });
  });

  it.each([
    [7, 7],
    [5, 7],
  ])('delivers the seed where %d against %d is no lead, says so, and claims no gain', (ofBest, ofSeed) => {
    expect(confirm(best, seed, { tasks: 12, solved: [ofBest, ofSeed], wins: 2, losses: 2 })).toEqual({
      finalSkill: seed,
      note: `the best version (${ofBest} of 12) was not ahead of the seed (7) on fresh validation samples: the seed is delivered`,
      validation: { before: { solved: 7, tasks: 12 }, after: { solved: 7, tasks: 12 }, wins: 0, losses: 0 },
    });
  });

  it('says that no patch was accepted where the best version is the seed', () => {
    expect(confirm(seed, seed, { tasks: 12, solved: [7], wins: 0, losses: 0 })).toEqual({
      finalSkill: seed,
      note: 'no patch was accepted: the seed is delivered',
      validation: { before: { solved: 7, tasks: 12 }, after: { solved: 7, tasks: 12 }, wins: 0, losses: 0 },
    });
  });
});
