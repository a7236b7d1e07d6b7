/** Sums of means over several samples carry rounding errors; a lead counts as reached within this. */
export const tolerance = 1e-9;

/** 1, 0 or −1: which version does better at a task. */
export function sign(difference: number): number {
  return difference > tolerance ? 1 : difference < -tolerance ? -1 : 0;
}

/** A lead for people, to two decimals: `+3`, `0`, `−1.5`. */
export function signed(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return rounded > 0 ? `+${rounded}` : rounded < 0 ? `−${-rounded}` : '0';
}
