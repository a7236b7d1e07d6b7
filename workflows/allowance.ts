import type { Allowance, Spending } from '../records/usage';
import { covers, toNanoUsd } from '../records/usage';

type Quantity = 'calls' | 'tokens' | 'costUsd';

/**
 * What an activity may spend: an equal share of what is left under the caps, at least `needed`, and null when even that
 * doesn't fit beside what others hold. `spent` and `outstanding` grants are taken off the caps first, so that the sum of
 * all grants never exceeds them.
 */
export function grant(
  caps: Allowance,
  spent: Spending,
  outstanding: readonly Allowance[],
  needed: Spending,
  concurrency: number,
): Allowance | null {
  const left = (quantity: Quantity): number | null => {
    const cap = caps[quantity];
    if (cap === null) return null;
    const used = spent[quantity];
    // Something of unknown price was spent: nothing is known to be left.
    if (used === null) return 0;
    const rest = cap - used - outstanding.reduce((sum, held) => sum + (held[quantity] ?? 0), 0);
    return quantity === 'costUsd' ? toNanoUsd(rest) : rest;
  };
  const share = (quantity: Quantity): number | null => {
    const rest = left(quantity);
    if (rest === null) return null;
    // Whole calls, tokens and nano-dollars, so that shares never add up to more than the rest.
    const units = quantity === 'costUsd' ? 1e9 : 1;
    const equal = Math.floor((rest * units) / Math.max(1, concurrency - outstanding.length)) / units;
    const wanted = Math.max(equal, needed[quantity] ?? 0);
    return Math.max(0, Math.min(rest, wanted));
  };
  const allowance = { calls: share('calls'), tokens: share('tokens'), costUsd: share('costUsd') };
  return covers(allowance, needed) ? allowance : null;
}
