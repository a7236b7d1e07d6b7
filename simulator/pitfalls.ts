import { z } from 'zod';

export const PitfallId = z.enum([
  'formatted-text',
  'date-text',
  'uncalculated-formula',
  'header-offset',
  'blank-as-zero',
  'leftover-cells',
  'early-rounding',
  'wrong-sheet',
]);
export type PitfallId = z.infer<typeof PitfallId>;

/**
 * A mistake of spreadsheet work and the advice against it. Advice has two halves, the situation it holds for and the
 * action to take; only a statement with signs of both halves of one pitfall helps (see `advice.ts`). `situations` and
 * `actions` are the wordings that the simulated model itself uses; `cause` is what its diagnosis says went wrong.
 */
export interface Pitfall {
  label: string;
  cause: string;
  skippedStep: 'inspect-first' | 'state-the-transformation' | 'verify-the-output' | 'none';
  situations: readonly string[];
  actions: readonly string[];
  situationSigns: readonly RegExp[];
  actionSigns: readonly RegExp[];
}

const not = "\\b(?:not|never|avoid|avoids|avoiding|don't|rather than|instead of|without|no)\\b";
const notThen = (words: string): RegExp => new RegExp(`${not}[^.;]{0,60}?\\b(?:${words})`, 'i');

export const pitfalls: Record<PitfallId, Pitfall> = {
  'formatted-text': {
    label: 'Numbers saved as formatted text',
    cause: 'The script turned numeric results into display text before saving them.',
    skippedStep: 'verify-the-output',
    situations: ['results are amounts or other numbers', 'the values to fill in are numeric', 'a result is a quantity'],
    actions: [
      'write the plain value without symbols or separators',
      'leave display to the format of the cell and never save a formatted string',
      'keep the type of the value and avoid toFixed, toLocaleString and the like',
    ],
    situationSigns: [/\b(numbers?|numeric|amounts?|quantit\w+|currenc\w+|prices?|figures?)\b/i],
    actionSigns: [
      notThen('formatted|text|strings?|symbols?|separators?|toFixed|toLocaleString'),
      /\bas (real |plain |true |actual |raw )?numbers\b/i,
      /\b(real|plain|true|actual|raw) numbers\b/i,
      /\bnumeric (type|values?|cells?)\b/i,
    ],
  },
  'date-text': {
    label: 'Dates written as plain strings',
    cause: 'The script saved calendar results in their ISO spelling, which the sheet does not take for a day.',
    skippedStep: 'verify-the-output',
    situations: ['dates belong in the answer', 'a result is a calendar day', 'the column holds dates'],
    actions: [
      'write a JavaScript Date object and give the cell a format, never an ISO spelling',
      'hand the cell a Date instance or its serial value',
      'convert to a Date instance first, since ISO spellings can not be compared or sorted',
    ],
    situationSigns: [/\b([Dd]ates|calendar|a date|timestamps?)\b/],
    actionSigns: [
      /\bDate(\(\))? (objects?|instances?|values?|cells?|types?)\b/,
      /\b(real|true|native|proper|actual) dates?\b/i,
      /\bserial (numbers?|values?)\b/i,
      notThen('ISO|yyyy'),
    ],
  },
  'uncalculated-formula': {
    label: 'Formulas saved without calculated results',
    cause: 'The script wrote expressions that nothing calculates, so the saved cells hold no value.',
    skippedStep: 'verify-the-output',
    situations: ['the task asks for a formula', 'a formula would give the result', 'formulas are an option'],
    actions: [
      'compute the outcome in the script and write it, since nothing recalculates a saved file',
      'evaluate it in code and store the finished value',
      'work it out in JavaScript, because an expression has no cached value until a program opens the file',
    ],
    situationSigns: [/\bformulas?\b/i],
    actionSigns: [
      /\b(compute|calculate|evaluate|work)\b[^.;]{0,60}\b(code|script|javascript)\b/i,
      /\bcached (values?|results?)\b/i,
      /\b(computed|calculated|finished) (values?|results?)\b/i,
      /\bnothing recalculates\b/i,
    ],
  },
  'header-offset': {
    label: 'Results shifted below their rows',
    cause: 'The script counted the heading as a record, so that each result landed one place too low.',
    skippedStep: 'inspect-first',
    situations: [
      'the table starts under a header row',
      'a heading sits above the range',
      'headers come before records',
    ],
    actions: [
      'begin at the first row of the answer range itself',
      'align each value with its own record and do not add one to the row index',
      'count worksheet rows from one and re-read the first cell written',
    ],
    situationSigns: [/\b(header|heading)s?\b/i, /\btitle row\b/i],
    actionSigns: [
      /\b(begin|start|first value)\b[^.;]{0,50}\b(first|exact|same|top) row\b/i,
      /\brow (index|number)\b/i,
      /\boff[- ]by[- ]one\b/i,
      /\brows from one\b/i,
      /\balign\b/i,
      notThen('shift'),
    ],
  },
  'blank-as-zero': {
    label: 'Empty results filled with zero',
    cause: 'The script put a filler into cells that have no result.',
    skippedStep: 'state-the-transformation',
    situations: ['a record has no result', 'no match is found', 'some cells of the range should stay empty'],
    actions: [
      'write null and never 0 as a filler',
      'leave the cell alone instead of a zero',
      'skip that cell, since a zero is a value of its own',
    ],
    situationSigns: [
      /\bno (result|match|value|data)\b/i,
      /\b(empty|blank|blanks)\b/i,
      /\bmissing (values?|results?|match(es)?)\b/i,
    ],
    actionSigns: [notThen('0|zeros?|zeroes'), /\bzero is\b/i, /\b(leave|keep)\b[^.;]{0,40}\b(empty|blank)\b/i],
  },
  'leftover-cells': {
    label: 'Old contents left after rewriting',
    cause: 'The script wrote the new rows over the old ones and kept what stood below or beside them.',
    skippedStep: 'verify-the-output',
    situations: ['rows are deleted or moved up', 'the new table is shorter than the old one', 'records are removed'],
    actions: [
      'clear what was there before, down to the end of the range',
      'erase the surplus cells after writing',
      'set all that the new contents do not cover to null',
    ],
    situationSigns: [/\b(delet\w+|remov\w+|shorter|moved up|fewer)\b/i],
    actionSigns: [/\b(clear|wipe|erase)\b/i, /\bset\b[^.;]{0,60}\bnull\b/i, /\bleft ?overs?\b/i],
  },
  'early-rounding': {
    label: 'Values rounded before saving',
    cause: 'The script rounded results that the answer holds in full.',
    skippedStep: 'state-the-transformation',
    situations: ['a result has decimals', 'averages or rates come out as fractions', 'a division gives a fraction'],
    actions: [
      'keep it at full precision and do not round',
      'save it unrounded and let the display decide',
      'never call Math.round on what is saved',
    ],
    situationSigns: [/\b(decimals?|fractions?|averages?|rates?|ratios?|percentages?)\b/i],
    actionSigns: [notThen('round\\w*|Math\\.round'), /\bunrounded\b/i, /\bfull precision\b/i],
  },
  'wrong-sheet': {
    label: 'Results on the wrong sheet',
    cause: 'The script chose the worksheet by position, so the expected one stayed as it was.',
    skippedStep: 'inspect-first',
    situations: [
      'the workbook has more than one sheet',
      'several worksheets could hold the answer',
      'another tab comes first',
    ],
    actions: [
      'open the target by the name that the task gives',
      'select it by name, since its position says nothing',
      'look the target up by its title in the request',
    ],
    situationSigns: [/\b(more than one|several|multiple|many|other|another|first|wrong) (work)?(sheet|tab)s?\b/i],
    actionSigns: [
      /\bby (its |the |their |exact )*(names?|titles?)\b/i,
      /\bnamed (in|by) the (task|request|instructions?)\b/i,
      /\bthat the (task|request|instructions?) names?\b/i,
    ],
  },
};
