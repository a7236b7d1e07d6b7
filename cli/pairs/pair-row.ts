import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { ScoreRequest } from '../../benchmarks/benchmark';
import type { ScoreProtocol } from '../../records/score';
import { UserError } from '../terminal/user-error';

/** A line of a pairs file. `output` null: there is none. */
export const PairRow = z.object({
  id: z.union([z.string(), z.number()], 'expected a string or a number'),
  golden: z.string().min(1),
  output: z.string().min(1).nullable(),
  answer_position: z.string().min(1),
});
export type PairRow = z.infer<typeof PairRow>;

const shape = 'each line is {"id": …, "golden": "FILE", "output": "FILE", "answer_position": "Sheet1!A1:B9"}';

function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/**
 * Reads one line.
 * @param where `FILE:LINE`, for errors
 * @throws UserError that names line and field, what was expected, what stands there, and the fix
 */
export function parsePairRow(line: string, where: string): PairRow {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch (error) {
    throw new UserError(`${where}: not valid JSON: ${shape}`, 1, { cause: error });
  }
  const parsed = PairRow.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = String(issue?.path[0] ?? '');
  const got = field === '' ? raw : (raw as Record<string, unknown>)[field];
  const what = field === '' ? '' : `field ${field}: `;
  throw new UserError(`${where}: ${what}${issue?.message ?? 'not valid'}, got ${quoted(got)}; ${shape}`);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}

/**
 * What to score for a row: paths from the file's own place. An output that isn't there is scored as missing.
 * @throws UserError when there is no such golden
 */
export async function requestOf(row: PairRow, file: string, where: string, protocol: ScoreProtocol) {
  const folder = dirname(file);
  const goldenPath = resolve(folder, row.golden);
  if (!(await isFile(goldenPath))) {
    throw new UserError(`${where}: field golden: expected a workbook, got no file at ${goldenPath}; correct the path`);
  }
  const outputPath = row.output === null ? null : resolve(folder, row.output);
  const there = outputPath !== null && (await isFile(outputPath));
  const answer = { answer_position: row.answer_position };
  return { goldenPath, outputPath: there ? outputPath : null, answer, protocol } satisfies ScoreRequest;
}
