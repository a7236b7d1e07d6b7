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

/** Only the first section counts; quoted text and brackets other than elapsed hours, minutes, seconds are dropped. */
function isDate(section: string): boolean {
  const bare = section.replace(/".*?"|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]/g, '');
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
