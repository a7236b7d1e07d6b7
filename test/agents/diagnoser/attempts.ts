import type { Attempt, DiagnoserInput } from '../../../agents/diagnoser/diagnoser';
import type { Mismatch } from '../../../records/score';
import type { Turn } from '../../../records/trajectory';

const ref = `sha256:${'0'.repeat(64)}` as const;

/** A turn that calls one tool. */
export function turn(number: number, name: string, args: string, observation: string, isError = false): Turn {
  return {
    turn: number,
    thought: `Turn ${number}: I look at the sheet, since the headers are on row 4 and the dates may be text.`,
    calls: [{ id: `c${number}`, name, arguments: args }],
    observations: [{ callId: `c${number}`, content: observation, isError }],
    finishReason: 'tool_calls',
    usage: { inputTokens: 1, outputTokens: 1, cachedTokens: 0 },
    durationMs: 1,
    sandboxMs: 0,
    responseModel: 'tiny',
  };
}

const rows = (count: number, from: number): string =>
  Array.from(
    { length: count },
    (_, row) => `${from + row} | 2024-03-${(row % 28) + 1} | ACME Ltd | ${row * 17.5} | open`,
  ).join('\n');

/** A rollout as agents leave them: long looks at a sheet, scripts, an error, a final report. */
export function longTrajectory(turns: number): Turn[] {
  return Array.from({ length: turns }, (_, index) => {
    const number = index + 1;
    if (number === turns)
      return { ...turn(number, '', '', ''), calls: [], observations: [], thought: 'The results are saved.' };
    if (number % 9 === 0) {
      const code = `import ExcelJS from 'exceljs';\n${'// goes through the rows and sums the open ones\n'.repeat(20)}// script ${number}`;
      return turn(number, 'run_code', JSON.stringify({ file: 'solve.mjs', code }), 'exit code 0\nwrote 40 cells');
    }
    if (number === 20) return turn(number, 'read_file', '{"path":"notes"}', 'Error: there is no file notes', true);
    return turn(number, 'read_sheet', `{"from":${number * 50}}`, rows(50, number * 50));
  });
}

/** An attempt with these turns and mismatches. */
export function attempt(turns: Turn[], mismatches: Mismatch[] = []): Attempt {
  const solved = mismatches.length === 0;
  return {
    trajectory: {
      ...{ taskId: 't', skill: null, sample: 0, outcome: 'finished', turns, answer: '', workDir: ref },
      disclosed: { activated: true, references: [] },
    },
    score: {
      ...{ protocol: 'official', solved, matched: 0, total: 1, partial: solved ? 1 : 0, mismatches },
      ...{ status: 'scored', detail: '' },
    },
  };
}

/** What a diagnoser gets about a failure: two turns, two mismatches. */
export function failure(over: Partial<DiagnoserInput> = {}): DiagnoserInput {
  const mismatches = [
    { cell: 'Open Orders!D17', expected: 'number 1234.5', got: 'text "$1,234.50"' },
    { cell: 'Open Orders!D18', expected: 'text "Ware_7"', got: 'empty' },
  ];
  return {
    kind: 'failure',
    task: {
      id: 't',
      benchmark: 'spreadsheetbench',
      prompt: 'Sum the open orders of "North Region" from sales_2019.csv into D17:D40.',
      inputs: [],
      outputs: ['output.xlsx'],
    },
    attempt: attempt([turn(1, 'run_code', '{}', 'exit code 0'), turn(2, 'read_file', '{}', 'text')], mismatches),
    earlier: null,
    ...over,
  };
}
