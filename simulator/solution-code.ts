import type { AnswerCell, AnswerValue } from './answer-cells';
import type { HarmfulAdvice } from './harmful-advice';
import type { PitfallId } from './pitfalls';

/** What code is written for: the cells of a right answer, and the places it depends on. */
export interface Assignment {
  sheet: string;
  /** Index of a sheet that is not the target; null in a workbook of one sheet. */
  otherSheet: number | null;
  cells: readonly AnswerCell[];
  /** Pitfalls that the task hides, whether the code falls into them or not. */
  pitfalls: readonly PitfallId[];
}

/** What a piece of code does wrong: pitfalls and harmful advice followed. None of either: the right code. */
export interface Mistakes {
  pitfalls: ReadonlySet<PitfallId>;
  harm: ReadonlySet<HarmfulAdvice['id']>;
}

const literal = (value: AnswerValue): string =>
  typeof value === 'object' && value !== null ? `{ day: ${JSON.stringify(value.day)} }` : JSON.stringify(value);

function answerLine(cell: AnswerCell, withFormula: boolean): string {
  const formula =
    withFormula && cell.formula !== null && cell.value !== null ? `, ${JSON.stringify(cell.formula)}` : '';
  return `  [${cell.row}, ${cell.column}, ${literal(cell.value)}${formula}],`;
}

function sheetLine(assignment: Assignment, mistakes: Mistakes): string {
  if (mistakes.harm.has('new-sheet')) return "const sheet = workbook.addWorksheet('Results');";
  if (mistakes.pitfalls.has('wrong-sheet') && assignment.otherSheet !== null) {
    return `const sheet = workbook.worksheets[${assignment.otherSheet}];`;
  }
  const name = JSON.stringify(assignment.sheet);
  return `const sheet = workbook.getWorksheet(${name}) ?? workbook.addWorksheet(${name});`;
}

/** The lines between taking a result and putting it into its cell; a pitfall changes or adds exactly one of them. */
function valueLines(assignment: Assignment, wrong: (pitfall: PitfallId) => boolean): string[] {
  const asText = "result.toLocaleString('en-US', { style: 'currency', currency: 'USD' })";
  const dates = assignment.cells.some((cell) => typeof cell.value === 'object' && cell.value !== null);
  return [
    wrong('formatted-text') ? `let value = typeof result === 'number' ? ${asText} : result;` : 'let value = result;',
    ...(wrong('early-rounding') ? ["if (typeof value === 'number') value = Math.round(value);"] : []),
    ...(wrong('blank-as-zero') ? ['if (value === null) value = 0;'] : []),
    ...(wrong('leftover-cells') ? ['if (value === null) continue;'] : []),
    ...(dates ? ["if (result?.day) cell.numFmt = 'yyyy-mm-dd';"] : []),
    ...(dates ? [`if (result?.day) value = ${wrong('date-text') ? 'result.day' : 'new Date(result.day)'};`] : []),
    ...(assignment.pitfalls.includes('uncalculated-formula')
      ? [`if (formula) value = ${wrong('uncalculated-formula') ? '{ formula }' : '{ formula, result: value }'};`]
      : []),
  ];
}

/**
 * JavaScript that writes the answer into `output.xlsx` with exceljs, with the given mistakes and no others: each
 * mistake changes or adds one line of the right code.
 */
export function solutionCode(assignment: Assignment, mistakes: Mistakes): string {
  const wrong = (pitfall: PitfallId): boolean =>
    mistakes.pitfalls.has(pitfall) || (pitfall === 'formatted-text' && mistakes.harm.has('text-results'));
  const shifted = wrong('header-offset') || mistakes.harm.has('row-lower');
  const withFormulas = assignment.pitfalls.includes('uncalculated-formula');
  const withBlanks = assignment.pitfalls.includes('blank-as-zero');
  const cells = assignment.cells.filter((cell) => cell.changed || withBlanks);
  return [
    "import ExcelJS from 'exceljs';",
    '',
    'const answers = [',
    ...cells.map((cell) => answerLine(cell, withFormulas)),
    '];',
    '',
    'const workbook = new ExcelJS.Workbook();',
    "await workbook.xlsx.readFile('input.xlsx');",
    sheetLine(assignment, mistakes),
    `for (const [row, column, result${withFormulas ? ', formula' : ''}] of answers) {`,
    `  const cell = sheet.getCell(row${shifted ? ' + 1' : ''}, column);`,
    ...valueLines(assignment, wrong).map((line) => `  ${line}`),
    '  cell.value = value;',
    '}',
    "await workbook.xlsx.writeFile('output.xlsx');",
    "console.log('saved', answers.length, 'cells');",
    '',
  ].join('\n');
}
