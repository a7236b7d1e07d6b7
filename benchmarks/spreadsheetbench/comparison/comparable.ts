import type { CellValue } from '../workbook/cell-value';
import { pythonFloat, roundHalfEven, roundTwoPlaces } from '../workbook/python-number';

/** What a value is compared as; a date and a duration keep their kind, so that they equal only their own. */
type Comparable = null | number | string | { kind: 'date' | 'duration'; ms: number };

const dayMs = 86_400_000;

/** Date-time as a serial number in whole days, half to even; the sub-second part is not looked at. */
function wholeDays(ms: number): number {
  const days = Math.floor(ms / dayMs);
  const seconds = Math.floor((ms - days * dayMs) / 1000);
  return roundHalfEven(days + seconds / 86_400);
}

/** The official evaluator drops the last three characters of `HH:MM:SS`, or of `HH:MM:SS.ffffff`. */
function timeText(ms: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = `${two(Math.floor(ms / 3_600_000))}:${two(Math.floor(ms / 60_000) % 60)}`;
  const fraction = ms % 1000;
  if (fraction === 0) return minutes;
  return `${minutes}:${two(Math.floor(ms / 1000) % 60)}.${String(fraction).padStart(3, '0')}`;
}

function comparable(value: CellValue | undefined): Comparable {
  if (value === undefined) return null;
  if (typeof value === 'number') return roundTwoPlaces(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') {
    const parsed = pythonFloat(value);
    return parsed === null ? value : roundTwoPlaces(parsed);
  }
  switch (value.kind) {
    case 'error':
      return value.code;
    case 'datetime':
      return wholeDays(value.ms);
    case 'time':
      return timeText(value.ms);
    case 'date':
    case 'duration':
      return { kind: value.kind, ms: value.ms };
  }
}

/**
 * Whether two cells hold the same answer under the benchmark's rule: numbers and numeric texts to two places, booleans
 * as 0 and 1, date-times as whole serial days, times as `HH:MM`, an empty cell as an empty text.
 */
export function sameValue(golden: CellValue | undefined, candidate: CellValue | undefined): boolean {
  const expected = comparable(golden) ?? '';
  const got = comparable(candidate) ?? '';
  if (typeof expected === 'object' || typeof got === 'object') {
    return typeof expected === typeof got && JSON.stringify(expected) === JSON.stringify(got);
  }
  return expected === got;
}
