/**
 * The exact two-sided sign test: how probable it is, with wins and losses equally likely, that one side comes out ahead
 * by at least as much as here. Ties are left out.
 *
 * @returns a probability from 0 to 1; 1 where there is neither win nor loss.
 */
export function signTest(wins: number, losses: number): number {
  // Terms of the binomial distribution at one half, from the extreme inwards, in units of 2^exponent: each is the one
  // before times a ratio. The unit grows with them, so that no number of trials leaves the range of a double.
  let exponent = -(wins + losses);
  let term = 1;
  let tail = 0;
  for (let minority = 0; minority <= Math.min(wins, losses); minority += 1) {
    tail += term;
    term *= (wins + losses - minority) / (minority + 1);
    if (term > large) {
      term /= large;
      tail /= large;
      exponent += largeExponent;
    }
  }
  return Math.min(1, 2 * tail * 2 ** exponent);
}

const largeExponent = 500;
const large = 2 ** largeExponent;

/** Whether wins and losses are significant at a two-sided `level`; equal up to rounding counts. */
export function isSignificant(wins: number, losses: number, level: number): boolean {
  return wins > losses && signTest(wins, losses) <= level * (1 + 1e-12);
}
