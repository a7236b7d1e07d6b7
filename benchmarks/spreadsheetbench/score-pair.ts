import type { Score, ScoreProtocol } from '../../records/score';
import { compareWorkbooks, countAnswerCells } from './comparison/compare-workbooks';
import { readSource } from './read-source';
import type { Source } from './read-source';
import { readWorkbook } from './workbook/read-workbook';
import { WorkbookError } from './workbook/workbook-error';

/** One pair to score; `output` null: the file isn't there. */
export interface Pair {
  golden: Source;
  output: Source | null;
  position: string;
  protocol: ScoreProtocol;
}

/** What is wrong with a pair apart from what its output holds. */
export class PairError extends Error {
  override readonly name = 'PairError';
  constructor(
    readonly kind: 'file' | 'golden',
    message: string,
  ) {
    super(message);
  }
}

/** A reader that ran out of room throws RangeError: a string, map or stack beyond what the engine allows. */
function whyUnreadable(error: unknown): string | null {
  if (error instanceof WorkbookError) return error.message;
  return error instanceof RangeError ? 'it is too large to be read' : null;
}

/** Runs `read`, and hands a workbook that can't be read to `unreadable`; whatever else is thrown is about the file. */
function reading<T>(read: () => T, unreadable: (why: string) => T): T {
  try {
    return read();
  } catch (error) {
    const why = whyUnreadable(error);
    if (why === null) throw error;
    return unreadable(why);
  }
}

function bytesOf(source: Source, what: 'golden' | 'output'): Uint8Array {
  try {
    return readSource(source);
  } catch (error) {
    if (error instanceof WorkbookError) throw error;
    throw new PairError('file', `the ${what} workbook: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The score of an output that can't be compared: nothing matches, and the one mismatch says why. */
export function scoreWithoutOutput(
  protocol: ScoreProtocol,
  total: number,
  status: 'missing' | 'unreadable',
  why: string,
): Score {
  const mismatches = [{ cell: 'output workbook', expected: 'a readable .xlsx workbook', got: why }];
  return { protocol, solved: false, matched: 0, total, partial: 0, mismatches, status, detail: why };
}

/**
 * Scores one pair of workbooks.
 * @param onGoldenRead called with the number of answer cells once the golden has been read: whatever ends the thread
 *   after that is the output's doing
 * @throws PairError when a file can't be read, or the golden is no workbook
 */
export function scorePair(pair: Pair, onGoldenRead: (answerCells: number) => void): Score {
  const { output, position, protocol } = pair;
  const golden = reading(
    () => readWorkbook(bytesOf(pair.golden, 'golden')),
    (why) => {
      throw new PairError('golden', `the golden workbook can't be read: ${why}`);
    },
  );
  const answerCells = countAnswerCells(golden, position, protocol);
  onGoldenRead(answerCells);
  if (output === null) return scoreWithoutOutput(protocol, answerCells, 'missing', 'the file was not written');
  return reading(
    () => compareWorkbooks(golden, readWorkbook(bytesOf(output, 'output')), position, protocol),
    (why) => scoreWithoutOutput(protocol, answerCells, 'unreadable', why),
  );
}
