import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { PauseReason } from '../../records/control';
import { Spending } from '../../records/usage';
import { writeState } from '../../workers/state-file';
import { ChaosKind } from './fault-kinds';

const count = z.number().int().nonnegative();

/** A fault of a schedule as it came about. */
export const StruckFault = z.object({
  kind: ChaosKind,
  /** Model call of the run, counted by arrival, after which it was due. */
  atCall: count,
  /** Milliseconds after the run's start; null: the run ended first, or this machine doesn't let us. */
  struckAtMs: z.number().nullable(),
  note: z.string().optional(),
});
export type StruckFault = z.infer<typeof StruckFault>;

/** What became of one schedule. */
export const Row = z.object({
  index: count,
  seed: z.string(),
  benchmark: z.enum(['custom', 'spreadsheetbench']),
  workers: count,
  faults: z.array(StruckFault),
  ended: z.enum(['by itself', 'after resume', 'no']),
  /** Why it has not ended; null when it has. */
  problem: z.string().nullable(),
  /** In order; those that no fault of the schedule explains are in `problem`. */
  pauses: z.array(PauseReason),
  wallMs: z.number().nonnegative(),
  /** What of the outcome differs from the undisturbed run's: names of its parts. */
  mismatches: z.array(z.string()),
  completedCalls: count,
  repeatedCalls: count,
  /** Answers that were sent and never journaled, and the most that the faults account for. */
  lostAnswers: count,
  lostAnswersAtMost: count,
  /** What the run spent, and the part of it that lost calls are settled at. */
  spending: Spending.nullable(),
  lostSpending: Spending,
  /** Rollouts, scores and diagnoses that differ from the undisturbed run's. */
  faultsScored: z.array(z.string()),
});
export type Row = z.infer<typeof Row>;

/** The file that the harness writes. */
export const ChaosResults = z.object({
  seed: z.number().int(),
  /** Digest of the code that made it. */
  code: z.string(),
  schedules: count,
  ended: count,
  digestMismatches: count,
  repeatedCalls: count,
  lostAnswers: count,
  /** Lost answers beyond one an activity and crash. */
  lostBeyondOne: count,
  faultsScored: count,
  completedCalls: count,
  /** How often each kind of fault has struck. */
  struck: z.record(z.string(), count),
  rows: z.array(Row),
});
export type ChaosResults = z.infer<typeof ChaosResults>;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** The totals over rows, which are put in order. */
export function resultsOf(seed: number, code: string, unordered: readonly Row[]): ChaosResults {
  const rows = [...unordered].sort((a, b) => a.index - b.index);
  const struck: Record<string, number> = {};
  for (const { kind, struckAtMs } of rows.flatMap(({ faults }) => faults)) {
    if (struckAtMs !== null) struck[kind] = (struck[kind] ?? 0) + 1;
  }
  return {
    ...{ seed, code, schedules: rows.length },
    ended: rows.filter(({ ended }) => ended !== 'no').length,
    digestMismatches: rows.filter(({ mismatches }) => mismatches.length > 0).length,
    repeatedCalls: sum(rows.map((row) => row.repeatedCalls)),
    lostAnswers: sum(rows.map((row) => row.lostAnswers)),
    lostBeyondOne: sum(rows.map((row) => Math.max(0, row.lostAnswers - row.lostAnswersAtMost))),
    faultsScored: sum(rows.map((row) => row.faultsScored.length)),
    completedCalls: sum(rows.map((row) => row.completedCalls)),
    struck: Object.fromEntries(Object.entries(struck).sort(([a], [b]) => (a < b ? -1 : 1))),
    rows,
  };
}

/** Whether a row has nothing against it. */
export const isSound = (row: Row): boolean =>
  row.ended !== 'no' &&
  row.problem === null &&
  row.mismatches.length + row.repeatedCalls + row.faultsScored.length === 0 &&
  row.lostAnswers <= row.lostAnswersAtMost;

/**
 * The rows of an earlier invocation; none where there is no such file.
 *
 * @throws an Error that names file and fix for a file that is none, or one of another seed or other code
 */
export async function readRows(file: string, seed: number, code: string): Promise<Row[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const fix = 'name another --json, or delete it';
  let earlier: ChaosResults;
  try {
    earlier = ChaosResults.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${file} is no result of the chaos test; ${fix}`, { cause: error });
  }
  if (earlier.seed !== seed) throw new Error(`${file} has schedules of seed ${earlier.seed}, not ${seed}; ${fix}`);
  if (earlier.code === code) return earlier.rows;
  throw new Error(`${file} was made by other code (${earlier.code}, this is ${code}); ${fix}`);
}

/** Writes the file, whole or not at all. */
export async function writeResults(file: string, results: ChaosResults): Promise<void> {
  await writeState(file, results);
}
