import { mean } from '../records/differences';

/** A mean with its two-sided confidence interval; `low` and `high` are null with fewer than two values. */
export interface Estimate {
  mean: number;
  low: number | null;
  high: number | null;
  count: number;
}

/** Natural logarithm of the gamma function for x > 0, by Stirling's series above 8 and the recurrence below. */
function logGamma(x: number): number {
  if (x < 8) return logGamma(x + 1) - Math.log(x);
  const inverse = 1 / (x * x);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / x;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}

/** The continued fraction of the incomplete beta function (modified Lentz), which converges for x < (a + 1) / (a + b + 2). */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= 300; m += 1) {
    for (const term of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / away(1 + term * d);
      c = away(1 + term / c);
      result *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return result;
}

/** The regularised incomplete beta function I_x(a, b). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(x, a, b)) / a;
  return 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/** P(T ≤ t) of Student's distribution with `freedom` degrees of freedom. */
export function studentProbability(t: number, freedom: number): number {
  // From the middle outwards: near it the tail would be a difference of nearly equal numbers.
  const within = incompleteBeta((t * t) / (freedom + t * t), 0.5, freedom / 2) / 2;
  return t > 0 ? 0.5 + within : 0.5 - within;
}

/** The t that is exceeded with probability (1 − level) / 2, e.g. 12.706 for 0.95 and one degree of freedom. */
export function studentQuantile(level: number, freedom: number): number {
  const wanted = (1 + level) / 2;
  let low = 0;
  let high = 1;
  while (studentProbability(high, freedom) < wanted) high *= 2;
  for (let step = 0; step < 100; step += 1) {
    const middle = (low + high) / 2;
    if (studentProbability(middle, freedom) < wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Mean and Student's confidence interval of independent values; of paired values take their differences. */
export function estimate(values: readonly number[], level = 0.95): Estimate {
  const count = values.length;
  const middle = mean(values);
  if (count < 2) return { mean: middle, low: null, high: null, count };
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (count - 1);
  const reach = studentQuantile(level, count - 1) * Math.sqrt(variance / count);
  return { mean: middle, low: middle - reach, high: middle + reach, count };
}
