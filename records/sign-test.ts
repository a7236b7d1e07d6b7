/**
 * The exact two-sided sign test: how probable it is, with wins and losses equally likely, that one side comes out ahead
 * by at least as much as here. Ties are left out.
 *
 * @returns a probability from 0 to 1; 1 where there is neither win nor loss.
 * @throws RangeError above 1,000 wins and losses together, where the terms would leave the range of a double.
 */
export function signTest(wins: number, losses: number): number {
  const trials = wins + losses;
  if (trials > 1000) throw new RangeError(`sign test: expected at most 1,000 wins and losses, got ${trials}`);
  // Terms of the binomial distribution at one half, from the extreme inwards: each is the one before times a ratio.
  let term = 2 ** -trials;
  let tail = 0;
  for (let minority = 0; minority <= Math.min(wins, losses); minority += 1) {
    tail += term;
    term *= (trials - minority) / (minority + 1);
  }
  return Math.min(1, 2 * tail);
}

/** Whether wins and losses are significant at a two-sided `level`; equal up to rounding counts. */
export function isSignificant(wins: number, losses: number, level: number): boolean {
  return wins > losses && signTest(wins, losses) <= level * (1 + 1e-12);
}
