import type { Score, ScoreProtocol } from '../../records/score';
import { answerName } from './load-tasks';

const maxMismatches = 20;
/** Characters of a line that a mismatch shows. */
const shownCharacters = 200;

const shown = (line: string | undefined): string => {
  if (line === undefined) return 'no such line';
  return JSON.stringify(line.length > shownCharacters ? `${line.slice(0, shownCharacters)}…` : line);
};

/** The score of an answer that can't be compared; the one mismatch says why. */
export function scoreWithoutAnswer(
  protocol: ScoreProtocol,
  expected: string,
  status: 'missing' | 'unreadable',
  why: string,
): Score {
  const total = expected.trimEnd().split('\n').length;
  const mismatches = [{ cell: answerName, expected: 'the answer as plain text', got: why }];
  return { protocol, solved: false, matched: 0, total, partial: 0, mismatches, status, detail: why };
}

/**
 * Compares two texts exactly, but for white space at their ends. The partial score and the mismatches go line by line:
 * a missing and a surplus line each count as one that differs. Solved is the comparison of the whole texts.
 */
export function compareText(protocol: ScoreProtocol, expectedText: string, gotText: string): Score {
  const expected = expectedText.trimEnd().split('\n');
  const got = gotText.trimEnd().split('\n');
  const total = Math.max(expected.length, got.length);
  const differing = Array.from({ length: total }, (_, line) => line).filter((line) => expected[line] !== got[line]);
  const matched = total - differing.length;
  const mismatches = differing.slice(0, maxMismatches).map((line) => ({
    cell: `${answerName}:${line + 1}`,
    expected: shown(expected[line]),
    got: shown(got[line]),
  }));
  const detail = `${matched} of ${total} lines are as expected`;
  const solved = differing.length === 0;
  return { protocol, solved, matched, total, partial: matched / total, mismatches, status: 'scored', detail };
}
