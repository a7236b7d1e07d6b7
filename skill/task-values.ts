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

/** Whether a text holds a value as a word of its own. */
export function holdsValue(text: string, value: string): boolean {
  if (value === '') return false;
  for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1)) {
    const around = `${text[at - 1] ?? ' '}${text[at + value.length] ?? ' '}`;
    if (!/[\p{L}\p{N}]/u.test(around)) return true;
  }
  return false;
}
