/** Sums of means and products carry rounding errors; numbers this close are equal. */
export const tolerance = 1e-9;

/** 1, 0 or −1: which of two versions does better, by their difference. */
export function sign(difference: number): number {
  return difference > tolerance ? 1 : difference < -tolerance ? -1 : 0;
}

/** The arithmetic mean; NaN of no values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const toTwoDecimals = (size: number): string => `${Math.round(size * 100) / 100}`;

/**
 * A difference for people: `+3`, `0`, `−1.5`.
 *
 * @param show writes its size, to two decimals unless told otherwise; a size that it shows as zero has no sign
 */
export function signed(difference: number, show: (size: number) => string = toTwoDecimals): string {
  const size = show(Math.abs(difference));
  if (Number(size) === 0) return size;
  return difference > 0 ? `+${size}` : `−${size}`;
}
