import { effectOf } from '../../simulator/advice';
import { harmfulAdvice } from '../../simulator/harmful-advice';
import { PitfallId, pitfalls } from '../../simulator/pitfalls';

const avoided = (text: string): PitfallId[] => [...effectOf(text).avoided];

/** Advice in words that are none of the simulated model's own. */
const paraphrases: Record<PitfallId, readonly string[]> = {
  'formatted-text': [
    'Save amounts as real numbers.',
    'Numeric answers must stay numeric: never call toFixed on them, since a string fails.',
    'For prices, keep the numeric type and set numFmt.',
  ],
  'date-text': [
    'If the column contains dates, assign a Date object to the cell.',
    'Timestamps go into the sheet as native dates, not as text.',
    'Store a calendar day as its serial number.',
  ],
  'uncalculated-formula': [
    'A formula that exceljs writes has no cached value; store the result as well.',
    'Calculate formulas in the script and write the finished value.',
  ],
  'header-offset': [
    'Headers are not data: the first value belongs in the first row of the range.',
    'Watch for an off-by-one below the header.',
  ],
  'blank-as-zero': [
    'Leave cells blank when there is no match.',
    'If a value is missing, keep the cell empty; missing values are not 0.',
  ],
  'leftover-cells': [
    'After deleting rows, clear the cells that the new table does not reach.',
    'When the result has fewer rows than before, wipe the rest.',
  ],
  'early-rounding': ['Do not round averages.', 'Keep percentages at full precision.'],
  'wrong-sheet': [
    'With several worksheets, get the sheet by its name.',
    'The first sheet is not always the right one: use the sheet that the task names.',
  ],
};

describe('the advice that the simulated model understands', () => {
  it.each(PitfallId.options)('holds against %s in each of its own wordings', (id) => {
    const { situations, actions } = pitfalls[id];
    for (const situation of situations) {
      for (const action of actions) {
        expect(avoided(`When ${situation}, ${action}.`)).toContain(id);
        expect(avoided(`- If ${situation}: ${action}.`)).toContain(id);
      }
    }
  });

  it.each(PitfallId.options)('holds against %s in words of others', (id) => {
    for (const text of paraphrases[id]) expect([text, avoided(text)]).toEqual([text, expect.arrayContaining([id])]);
  });

  it.each(PitfallId.options)('does not hold against %s with half of it, or with halves in different items', (id) => {
    const { situations, actions, label } = pitfalls[id];
    for (const situation of situations) expect(avoided(`Be careful when ${situation}.`)).toEqual([]);
    for (const situation of situations) {
      for (const action of actions) {
        // An action may name its situation in passing: then the halves are no halves.
        if (avoided(action).includes(id)) continue;
        expect(avoided(`- Be careful when ${situation}.\n- Remember: ${action}.`)).not.toContain(id);
      }
    }
    expect(avoided(`## ${label}\n\nBe careful.`)).toEqual([]);
  });

  it('does nothing for a skill that only speaks of other things', () => {
    expect(avoided('# Sheets\n\n1. Read the task.\n2. Load the workbook with exceljs.\n3. Save it.')).toEqual([]);
  });

  it('spans the lines of a paragraph and the continuation of an item', () => {
    expect(avoided('- Save amounts\n  as real numbers.')).toEqual(['formatted-text']);
  });

  it('is harmful in each of the harmful wordings, unless it is turned down', () => {
    for (const { id, wordings } of harmfulAdvice) {
      for (const wording of wordings) expect(effectOf(wording).harm.map((harm) => harm.id)).toEqual([id]);
    }
    expect(effectOf('Never put results on a new sheet.').harm).toEqual([]);
    expect(effectOf("Don't write all results as formatted text.").harm).toEqual([]);
  });
});
