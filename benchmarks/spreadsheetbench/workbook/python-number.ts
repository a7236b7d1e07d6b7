/** Rounds to an integer, exact ties to the even neighbour, as Python's `round(x)`. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const above = x - floor;
  if (above !== 0.5) return above < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Rounds to two places as Python's `round(x, 2)`: by the exact binary value, exact ties to the even neighbour.
 * `toFixed` is exact too but takes the larger neighbour at a tie; ties are the odd multiples of 1/8.
 */
export function roundTwoPlaces(x: number): number {
  if (!Number.isFinite(x) || Math.abs(x) >= 2 ** 52) return x;
  const eighths = x * 8;
  if (Number.isInteger(eighths) && eighths % 2 !== 0) return roundHalfEven(x * 100) / 100;
  return Number(x.toFixed(2));
}

/** Value of a decimal digit of any script (Unicode category Nd): each run of them starts at a zero. */
function digitValue(codePoint: number): number {
  let start = codePoint;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(start - 1))) start--;
  return (codePoint - start) % 10;
}

const number = /^[+-]?(\d+(_\d+)*(\.(\d+(_\d+)*)?)?|\.\d+(_\d+)*)([eE][+-]?\d+(_\d+)*)?$/;
const special = /^([+-]?)(inf|infinity|nan)$/i;

function asciiNumberText(text: string): string {
  const ascii = text.replace(/[^\x00-\x7f]/gu, (char) => {
    if (/\p{Nd}/u.test(char)) return String(digitValue(char.codePointAt(0) ?? 0));
    return /[\s\x85]/u.test(char) && char !== '\ufeff' ? ' ' : char;
  });
  // A pattern anchored at the end would try each of a long run's spaces anew.
  let end = ascii.length;
  while (end > 0 && ' \t\n\v\f\r'.includes(ascii.charAt(end - 1))) end--;
  return ascii.slice(0, end).replace(/^[ \t\n\v\f\r]+/, '');
}

/**
 * What Python's `float(text)` gives, or null where it raises ValueError: space around, single underscores between
 * digits, exponents, inf, nan and digits of any script are taken; thousands separators, currency and percent are not.
 */
export function pythonFloat(text: string): number | null {
  if (text.length > 10_000) return null;
  const trimmed = asciiNumberText(text);
  const word = special.exec(trimmed);
  if (word) {
    if (/nan/i.test(word[2] ?? '')) return NaN;
    return word[1] === '-' ? -Infinity : Infinity;
  }
  return number.test(trimmed) ? Number(trimmed.replaceAll('_', '')) : null;
}

/** What Python's `int(text)` gives, as the nearest double, or null where it raises ValueError. */
export function pythonInt(text: string): number | null {
  if (text.length > 4300) return null;
  const trimmed = asciiNumberText(text);
  return /^[+-]?\d+(_\d+)*$/.test(trimmed) ? Number(trimmed.replaceAll('_', '')) : null;
}
