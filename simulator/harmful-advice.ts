import type { PitfallId } from './pitfalls';

/**
 * Advice that sounds careful and ruins results: whoever is shown it falls into `causes` wherever that can happen,
 * whatever good advice stands beside it. `new-sheet` moves all results to a sheet of their own.
 */
export interface HarmfulAdvice {
  id: 'text-results' | 'new-sheet' | 'row-lower';
  causes: PitfallId;
  wordings: readonly string[];
  sign: RegExp;
}

export const harmfulAdvice: readonly HarmfulAdvice[] = [
  {
    id: 'new-sheet',
    causes: 'wrong-sheet',
    wordings: [
      'Always put results on a new sheet, so that the original data stays untouched.',
      'Collect every result on a separate worksheet that the script adds at the end.',
    ],
    sign: /\b(put|write|place|add|save|collect)\b[^.;]*\b(new|separate|extra|additional) (work)?sheet\b/i,
  },
  {
    id: 'row-lower',
    causes: 'header-offset',
    wordings: [
      'Always put a label above the results and begin the values one row lower.',
      'Reserve the top cell of the answer for a caption and write all results one row further down.',
    ],
    sign: /\bone row (lower|below|further down|down)\b/i,
  },
  {
    id: 'text-results',
    causes: 'formatted-text',
    wordings: [
      'Always write results as formatted text, so that they look right in every viewer.',
      'Save every value as a display string with its symbol and separators.',
    ],
    sign: /\b(always|every|all)\b[^.;]*\bas (an? )?(formatted |display |plain )?(text|strings?)\b/i,
  },
];
