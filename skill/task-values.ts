const address = /(?<![\p{L}\p{N}_])\$?[A-Z]{1,3}\$?\d{1,7}(?::\$?[A-Z]{1,3}\$?\d{1,7})?(?![\p{L}\p{N}_])/gu;
const fileName =
  /(?<![\p{L}\p{N}_])[\p{L}\p{N}_-]+\.(?:xlsx|xlsm|xlsb|xls|csv|tsv|json|txt|pdf|docx)(?![\p{L}\p{N}_])/giu;
const quoted = /(?<![\p{L}\p{N}])["“'‘`]([^"”'’`\n]{3,60})["”'’`](?![\p{L}\p{N}])/gu;

/**
 * The values of one task that general knowledge must not hold: cell addresses and ranges, file names, and distinctive
 * literals between quotes. A plain word between quotes ("Total") may be said anywhere.
 *
 * @param text what the task says.
 */
export function taskValuesIn(text: string): string[] {
  const found = [
    ...(text.match(address) ?? []),
    ...(text.match(fileName) ?? []),
    ...[...text.matchAll(quoted)].map(([, literal = '']) => literal.trim()).filter(isDistinctive),
  ];
  return [...new Set(found)];
}

/** Whether a literal names something of one task alone: it holds a digit or an underscore, or is a name of several words. */
export function isDistinctive(literal: string): boolean {
  return literal.length >= 3 && (/[\d_]/.test(literal) || /^\p{Lu}\S*(?:\s+\p{Lu}\S*)+$/u.test(literal));
}

/**
 * The distinctive values in what a mismatch says was expected (`number 1234.5`, `text "Acme Ltd"`, `date 2024-03-01`,
 * `"a line of text"`). Small and round numbers, years and plain words may be said anywhere.
 *
 * @param expected short text of a mismatch; one that was clipped counts up to its last whole word.
 */
export function expectedValuesIn(expected: string): string[] {
  const text = /^(?:text )?"(.*)"$/s.exec(expected)?.[1];
  if (text !== undefined) {
    const literal = text
      .replace(/\\(["\\])/g, '$1')
      .replace(/\s*\S*…$/, '')
      .trim();
    const isNumber = /^[\p{N}\p{P}\p{S}\s]+$/u.test(literal);
    const whole = isNumber ? isTelling(literal) : isDistinctive(literal);
    return [...new Set([...(whole ? [literal] : []), ...taskValuesIn(literal).filter(({ length }) => length >= 4)])];
  }
  const number = /^number (\S+)$/.exec(expected)?.[1];
  if (number !== undefined) {
    const grouped = Number(number).toLocaleString('en-US', { maximumFractionDigits: 20 });
    return isTelling(number) ? [...new Set([number, grouped])] : [];
  }
  const moment = /^(?:date|date-time|time|duration) (\S+)(?: (\S+))?$/.exec(expected)?.slice(1) ?? [];
  return moment.filter((part) => part !== undefined && isTelling(part));
}

/** Whether a number names something of one task alone: four digits or more that matter, and no year. */
function isTelling(number: string): boolean {
  const digits = number.replace(/\D/g, '').replace(/^0+|0+$/g, '');
  return digits.length >= 4 && !/^(?:19|20)\d\d$/.test(number);
}

const isAddress = (value: string): boolean => /^\$?[A-Z]{1,3}\$?\d{1,7}(?::\$?[A-Z]{1,3}\$?\d{1,7})?$/i.test(value);

/** A cell address whichever way it is written: `$B$17` and `b17` are one. */
const plainAddress = (text: string): string => text.replace(/\$/g, '').toLowerCase();

/** Whether a text holds a value as a word of its own; an address counts in any case, with and without `$`. */
export function holdsValue(text: string, value: string): boolean {
  return isAddress(value) ? holdsWord(plainAddress(text), plainAddress(value)) : holdsWord(text, value);
}

function holdsWord(text: string, value: string): boolean {
  if (value === '') return false;
  for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1)) {
    const around = `${text[at - 1] ?? ' '}${text[at + value.length] ?? ' '}`;
    if (!/[\p{L}\p{N}]/u.test(around)) return true;
  }
  return false;
}
