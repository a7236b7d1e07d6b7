import type { Allowance, Spending } from '../records/usage';
import { covers } from '../records/usage';

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
    return cap - used - outstanding.reduce((sum, held) => sum + (held[quantity] ?? 0), 0);
  };
  const share = (quantity: Quantity): number | null => {
    const rest = left(quantity);
    if (rest === null) return null;
    const equal = rest / Math.max(1, concurrency - outstanding.length);
    const wanted = Math.max(quantity === 'calls' ? Math.floor(equal) : equal, needed[quantity] ?? 0);
    return Math.max(0, Math.min(rest, wanted));
  };
  const allowance = { calls: share('calls'), tokens: share('tokens'), costUsd: share('costUsd') };
  return covers(allowance, needed) ? allowance : null;
}
