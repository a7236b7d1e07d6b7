import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { BenchmarkDataError } from '../benchmark';
import { lstatInside } from './lstat-inside';

/** An entry of the published `dataset.json`; ids are numbers and strings there. Other fields are passed over. */
export const DatasetEntry = z.object({
  id: z
    .union([z.string(), z.number().int()], 'expected a string or a whole number')
    .transform(String)
    .pipe(z.string().regex(/^\w[\w.-]{0,99}$/, 'expected letters, digits, dots, dashes and underscores')),
  instruction: z.string().trim().min(1),
  instruction_type: z.string().trim().min(1),
  /** Folder of the task's workbooks, relative to the data folder. */
  spreadsheet_path: z.string().min(1),
  answer_position: z.string().min(1),
});
export type DatasetEntry = z.infer<typeof DatasetEntry>;

const layout =
  'give the folder of SpreadsheetBench Verified as it is published: dataset.json beside spreadsheet/<id>/ with the workbooks';

/** What stands in the data, short enough for a message. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BenchmarkDataError(`${file} is not valid JSON: ${why}`, 'correct the file, or download it again', error);
  }
}

function parseEntry(file: string, raw: unknown, index: number): DatasetEntry {
  const parsed = DatasetEntry.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  const fields = typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>) : {};
  const id = 'id' in fields && field !== 'id' ? ` (id ${quoted(fields.id)})` : '';
  const where = field === '' ? '' : `, field ${field}`;
  throw new BenchmarkDataError(
    `${file}: entry ${index + 1}${id}${where}: ${issue?.message ?? 'not valid'}, got ${quoted(field === '' ? raw : fields[field])}`,
    'correct the entry, or remove it',
  );
}

/**
 * Reads the entries of `dataset.json` in a data folder, in the order of the file.
 * @throws BenchmarkDataError that names file, entry and field
 */
export async function readDataset(dataDir: string): Promise<DatasetEntry[]> {
  const folder = await lstatInside(dataDir, '.');
  if (folder === null || !folder.isDirectory()) {
    throw new BenchmarkDataError(
      `the data folder ${dataDir} ${folder === null ? "isn't there" : 'is no folder'}`,
      layout,
    );
  }
  const file = path.join(dataDir, 'dataset.json');
  const stats = await lstatInside(dataDir, 'dataset.json');
  if (stats === null) throw new BenchmarkDataError(`the data folder ${dataDir} has no dataset.json`, layout);
  if (!stats.isFile()) throw new BenchmarkDataError(`${file} is no file`, layout);
  const raw = await readJson(file);
  if (!Array.isArray(raw)) {
    throw new BenchmarkDataError(`${file}: expected a list of tasks, got ${quoted(raw)}`, layout);
  }
  if (raw.length === 0) throw new BenchmarkDataError(`${file} lists no tasks`, layout);
  const entries = raw.map((entry, index) => parseEntry(file, entry, index));
  const seen = new Map<string, number>();
  for (const [index, { id }] of entries.entries()) {
    const before = seen.get(id);
    if (before !== undefined) {
      throw new BenchmarkDataError(
        `${file}: entry ${index + 1}, field id: ${quoted(id)} is the id of entry ${before + 1} too`,
        'give every task an id of its own',
      );
    }
    seen.set(id, index);
  }
  return entries;
}
