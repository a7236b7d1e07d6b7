import { once } from 'node:events';
import { open, type FileHandle } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { ScorerError, type ScorerPool } from '../../benchmarks/benchmark';
import type { Score, ScoreProtocol } from '../../records/score';
import { UserError } from '../terminal/user-error';
import { parsePairRow, requestOf, type PairRow } from './pair-row';

/** Pairs under way at most: enough to keep every thread busy, few enough to hold no more than a screenful of results. */
const ahead = 4 * availableParallelism();

async function openPairs(file: string): Promise<FileHandle> {
  try {
    const handle = await open(file);
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`--pairs: ${file} can't be read (${code}): name an existing file of JSON lines`, 2);
  }
  throw new UserError(`--pairs: ${file} is no file: name an existing file of JSON lines`, 2);
}

async function scoreLine(line: string, file: string, where: string, protocol: ScoreProtocol, pool: ScorerPool) {
  const row = parsePairRow(line, where);
  try {
    return resultLine(row, await pool.score(await requestOf(row, file, where, protocol)));
  } catch (error) {
    // The one golden says nothing about the other rows: its row gets a verdict, and they get theirs.
    if (error instanceof ScorerError && error.kind === 'golden')
      return resultLine(row, goldenUnreadable(error.message));
    if (error instanceof ScorerError) throw new UserError(`${where}: ${error.message}; ${error.fix}`);
    throw error;
  }
}

type Verdict = Pick<Score, 'solved' | 'matched' | 'total' | 'mismatches' | 'status'>;

/** No cell could be counted: the answer range is known from the golden alone. */
function goldenUnreadable(why: string): Verdict {
  const mismatches = [{ cell: 'golden workbook', expected: 'a readable .xlsx workbook', got: why }];
  return { solved: false, matched: 0, total: 0, mismatches, status: 'unreadable' };
}

function resultLine({ id }: PairRow, { solved, matched, total, mismatches, status }: Verdict): string {
  return `${JSON.stringify({ id, solved, matched, total, mismatches, status })}\n`;
}

async function print(line: string): Promise<void> {
  if (!process.stdout.write(line)) await once(process.stdout, 'drain');
}

/**
 * Scores the pairs of a JSON lines file and prints a line for each on stdout, in their order, as they come; memory does
 * not grow with the file.
 * @throws UserError at the first line that can't be scored, after the lines before it were printed
 */
export async function scorePairs(file: string, protocol: ScoreProtocol, pool: ScorerPool): Promise<void> {
  const handle = await openPairs(file);
  const underWay: Promise<string>[] = [];
  try {
    let number = 0;
    for await (const line of handle.readLines()) {
      number += 1;
      if (line.trim() === '') continue;
      const result = scoreLine(line, file, `${file}:${number}`, protocol, pool);
      // Awaited in the order of the lines; a failure further down the file must not surface before its turn.
      result.catch(() => undefined);
      underWay.push(result);
      if (underWay.length >= ahead) await print((await underWay.shift()) ?? '');
    }
    for (const result of underWay) await print(await result);
  } finally {
    await handle.close();
  }
}
