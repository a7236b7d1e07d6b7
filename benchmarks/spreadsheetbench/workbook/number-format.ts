/** Excel's built-in formats that openpyxl takes for dates; 27–36 (East Asian dates) are numbers to it. */
const builtInDates: Record<number, string> = {
  14: 'mm-dd-yy',
  15: 'd-mmm-yy',
  16: 'd-mmm',
  17: 'mmm-yy',
  18: 'h:mm AM/PM',
  19: 'h:mm:ss AM/PM',
  20: 'h:mm',
  21: 'h:mm:ss',
  22: 'm/d/yy h:mm',
  45: 'mm:ss',
  46: '[h]:mm:ss',
  47: 'mmss.0',
};

/** What a number format makes of a number, in openpyxl's eyes. */
export type FormatMeaning = 'number' | 'datetime' | 'duration';

/** Where a literal or bracket that begins at `at` ends; null where none begins, or it never ends. */
function endOfAside(section: string, at: number): number | null {
  if (section[at] === '"') {
    const end = section.indexOf('"', at + 1);
    return end < 0 || /[\n\r\u2028\u2029]/.test(section.slice(at, end)) ? null : end;
  }
  const elapsed = /^\[(hh?|mm?|ss?)\]/.test(section.slice(at, at + 4));
  if (section[at] !== '[' || elapsed) return null;
  const end = section.indexOf(']', at);
  return end < 0 ? null : end;
}

/**
 * Only the first section counts; quoted text and brackets other than elapsed hours, minutes, seconds are dropped. Goes
 * through once: a pattern that tries every bracket anew takes minutes for a hostile stylesheet.
 */
function isDate(section: string): boolean {
  let bare = '';
  for (let at = 0; at < section.length; at++) {
    const end = endOfAside(section, at);
    if (end === null) bare += section[at];
    else at = end;
  }
  return /(?<![_\\])[dmhysDMHYS]/.test(bare);
}

/**
 * Meaning of a format code.
 * @param id the `numFmtId` of the cell's style
 * @param custom the workbook's own codes by id; they come before the built-in ones
 */
export function formatMeaning(id: number, custom: ReadonlyMap<number, string>): FormatMeaning {
  const section = (custom.get(id) ?? builtInDates[id] ?? '').split(';')[0] ?? '';
  if (!isDate(section)) return 'number';
  return /\[hh?\]|\[mm?\]|\[ss?\]/i.test(section) ? 'duration' : 'datetime';
}
