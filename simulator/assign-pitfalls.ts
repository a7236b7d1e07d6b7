import type { AnswerCell } from './answer-cells';
import { draw } from './draws';
import { PitfallId } from './pitfalls';

const isNumber = (cell: AnswerCell): boolean => cell.changed && typeof cell.value === 'number';
const isDay = (cell: AnswerCell): boolean => cell.changed && typeof cell.value === 'object' && cell.value !== null;
const isBlank = (cell: AnswerCell): boolean => cell.value === null && !cell.cleared;

/** Whether rounding to a whole number shows after the scorer's own rounding to cents. */
function losesDecimals(cell: AnswerCell): boolean {
  return isNumber(cell) && Math.abs(Number(cell.value) - Math.round(Number(cell.value))) >= 0.01;
}

/** Whether a shift by one row puts a neighbour's value where another one is due. */
function showsShift(cells: readonly AnswerCell[]): boolean {
  const changed = cells.filter((cell) => cell.changed && cell.value !== null);
  const at = new Map(changed.map((cell) => [`${cell.row},${cell.column}`, JSON.stringify(cell.value)]));
  return changed.some((cell) => {
    const above = at.get(`${cell.row - 1},${cell.column}`);
    return above !== undefined && above !== JSON.stringify(cell.value);
  });
}

/** Pitfalls that ruin this answer for the official scorer. */
function applicable(cells: readonly AnswerCell[], otherSheet: number | null): PitfallId[] {
  const filled = cells.some((cell) => cell.changed && cell.value !== null);
  const applies: Record<PitfallId, boolean> = {
    'formatted-text': cells.some(isNumber),
    'date-text': cells.some(isDay),
    'uncalculated-formula': cells.some((cell) => cell.changed && cell.formula !== null && cell.value !== null),
    'header-offset': showsShift(cells),
    'blank-as-zero': filled && cells.some(isBlank),
    'leftover-cells': cells.some((cell) => cell.cleared),
    'early-rounding': cells.some(losesDecimals),
    'wrong-sheet': filled && otherSheet !== null,
  };
  return PitfallId.options.filter((id) => applies[id]);
}

// Pitfalls that few workbooks allow come first where they can, so that each gets its share of the tasks.
const weights: Record<PitfallId, number> = {
  'date-text': 8,
  'leftover-cells': 6,
  'early-rounding': 5,
  'wrong-sheet': 2,
  'blank-as-zero': 3,
  'uncalculated-formula': 1.2,
  'header-offset': 1,
  'formatted-text': 1,
};

/** Pairs that spoil different cells, so that both can be told apart in the mismatches. */
const companions: Partial<Record<PitfallId, readonly PitfallId[]>> = {
  'formatted-text': ['date-text', 'blank-as-zero', 'leftover-cells'],
  'date-text': ['formatted-text', 'blank-as-zero', 'leftover-cells'],
  'blank-as-zero': ['formatted-text', 'date-text'],
  'leftover-cells': ['formatted-text', 'date-text'],
};
const companionShare = 1 / 3;

/**
 * The one or two pitfalls that a task hides: chosen among those that would ruin it by the task's id alone, so that they
 * are a property of the data. Empty when none applies.
 */
export function assignPitfalls(taskId: string, cells: readonly AnswerCell[], otherSheet: number | null): PitfallId[] {
  const rank = (id: PitfallId): number => draw('pitfall', taskId, id) ** (1 / weights[id]);
  const ranked = applicable(cells, otherSheet).sort((a, b) => rank(b) - rank(a));
  const [first] = ranked;
  if (first === undefined) return [];
  const second = ranked.find((id) => companions[first]?.includes(id));
  return second !== undefined && draw('companion', taskId) < companionShare ? [first, second] : [first];
}
