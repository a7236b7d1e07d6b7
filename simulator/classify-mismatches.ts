import type { PitfallId } from './pitfalls';
import { seenPlace, seenValue, spellsDay, spellsNumber, type SentMismatch } from './read-mismatch';

/** What the mismatches tell: a pitfall with the indices of the mismatches that show it; null: nothing to go by. */
export interface Classification {
  pitfall: PitfallId;
  mismatches: number[];
}

/** What one mismatch shows on its own; `untouched` when the expected value is simply not there. */
function showsAlone(mismatch: SentMismatch): PitfallId | 'untouched' | null {
  const expected = seenValue(mismatch.expected);
  const got = seenValue(mismatch.got);
  if (expected.kind === 'blank' && got.kind === 'blank') return null;
  if (got.kind === 'uncalculated') return 'uncalculated-formula';
  if (expected.kind === 'blank') return got.kind === 'number' && got.value === 0 ? 'blank-as-zero' : 'leftover-cells';
  if (got.kind === 'text' && expected.kind === 'number' && spellsNumber(got.text, expected.value)) {
    return 'formatted-text';
  }
  if (got.kind === 'text' && spellsDay(got.text, expected)) return 'date-text';
  if (got.kind === 'number' && expected.kind === 'number' && Math.round(expected.value) === got.value) {
    return 'early-rounding';
  }
  return 'untouched';
}

/** Indices of mismatches that received what their neighbour above should have got. */
function shifted(mismatches: readonly SentMismatch[]): number[] {
  const expectedAt = new Map<string, string>();
  for (const mismatch of mismatches) {
    const place = seenPlace(mismatch.cell);
    if (place !== null) expectedAt.set(`${place.column}${place.row}`, mismatch.expected);
  }
  return mismatches.flatMap((mismatch, index) => {
    const place = seenPlace(mismatch.cell);
    if (place === null || seenValue(mismatch.got).kind === 'blank') return [];
    return expectedAt.get(`${place.column}${place.row - 1}`) === mismatch.got ? [index] : [];
  });
}

/**
 * Infers the pitfall from expected and received values alone. A shift is looked for first, since a shifted value can
 * look like other mistakes; then the commonest sign wins; values that are merely absent point to the wrong sheet.
 */
export function classifyMismatches(mismatches: readonly SentMismatch[]): Classification | null {
  const alone = mismatches.map(showsAlone);
  const informative = alone.filter((sign) => sign !== null).length;
  if (informative === 0) return null;
  const moved = shifted(mismatches);
  const unexplained = alone.filter((sign) => sign === 'untouched' || sign === 'leftover-cells').length;
  if (moved.length > 0 && unexplained * 2 >= informative) return { pitfall: 'header-offset', mismatches: moved };

  const votes = new Map<PitfallId, number[]>();
  for (const [index, sign] of alone.entries()) {
    if (sign === null || sign === 'untouched') continue;
    votes.set(sign, [...(votes.get(sign) ?? []), index]);
  }
  const [winner] = [...votes].sort((a, b) => b[1].length - a[1].length);
  if (winner !== undefined) return { pitfall: winner[0], mismatches: winner[1] };
  return { pitfall: 'wrong-sheet', mismatches: [...mismatches.keys()] };
}
