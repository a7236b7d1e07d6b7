import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { BenchmarkDataError } from './benchmark';
import { lstatInside } from './lstat-inside';

/** A task's id; data sets have numbers and strings there. */
export const EntryId = z
  .union([z.string(), z.number().int()], 'expected a string or a whole number')
  .transform(String)
  .pipe(z.string().regex(/^\w[\w.-]{0,99}$/, 'expected letters, digits, dots, dashes and underscores'));

/** How a data folder lists its tasks. */
export interface EntryList<Entry> {
  /** Names that the list may have; the first one is what a message asks for. `.jsonl`: one entry a line. */
  files: readonly [string, ...string[]];
  schema: z.ZodType<Entry>;
  /** What the folder should look like, as the fix of an error. */
  layout: string;
}

/** What stands in the data, short enough for a message. */
function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BenchmarkDataError(`${where} is not valid JSON: ${why}`, 'correct the file, or download it again', error);
  }
}

/** The entries as the file has them, each with its place in words. */
function rawEntries(file: string, text: string, layout: string): { raw: unknown; where: string }[] {
  if (file.endsWith('.jsonl')) {
    return text.split('\n').flatMap((line, index) => {
      const where = `${file}:${index + 1}`;
      return line.trim() === '' ? [] : [{ raw: parseJson(line, where), where }];
    });
  }
  const list = parseJson(text, file);
  if (!Array.isArray(list)) {
    throw new BenchmarkDataError(`${file}: expected a list of tasks, got ${quoted(list)}`, layout);
  }
  return list.map((raw: unknown, index) => ({ raw, where: `${file}: entry ${index + 1}` }));
}

function parseEntry<Entry>(schema: z.ZodType<Entry>, raw: unknown, where: string): Entry {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  const fields = typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>) : {};
  const id = 'id' in fields && field !== 'id' ? ` (id ${quoted(fields.id)})` : '';
  const what = field === '' ? '' : `, field ${field}`;
  const got = field === '' ? raw : fields[String(issue?.path[0])];
  throw new BenchmarkDataError(
    `${where}${id}${what}: ${issue?.message ?? 'not valid'}, got ${quoted(got)}`,
    'correct the entry, or remove it',
  );
}

async function findList<Entry>(dataDir: string, { files, layout }: EntryList<Entry>): Promise<string> {
  const folder = await lstatInside(dataDir, '.');
  if (folder === null || !folder.isDirectory()) {
    const problem = folder === null ? "isn't there" : 'is no folder';
    throw new BenchmarkDataError(`the data folder ${dataDir} ${problem}`, layout);
  }
  for (const name of files) {
    const stats = await lstatInside(dataDir, name);
    if (stats === null) continue;
    const file = path.join(dataDir, name);
    if (!stats.isFile()) throw new BenchmarkDataError(`${file} is no file`, layout);
    return file;
  }
  throw new BenchmarkDataError(`the data folder ${dataDir} has no ${files.join(' or ')}`, layout);
}

/** An entry with its place in words, for what is found wrong with it later. */
export interface PlacedEntry<Entry> {
  entry: Entry;
  where: string;
}

/**
 * Reads the list of tasks in a data folder, in the order of the file; ids are unique.
 * @throws BenchmarkDataError that names file, entry and field
 */
export async function readEntries<Entry extends { id: string }>(
  dataDir: string,
  list: EntryList<Entry>,
): Promise<PlacedEntry<Entry>[]> {
  const file = await findList(dataDir, list);
  const raw = rawEntries(file, await readFile(file, 'utf8'), list.layout);
  if (raw.length === 0) throw new BenchmarkDataError(`${file} lists no tasks`, list.layout);
  const entries = raw.map((one) => ({ entry: parseEntry(list.schema, one.raw, one.where), where: one.where }));
  const seen = new Map<string, number>();
  for (const [index, { entry, where }] of entries.entries()) {
    const before = seen.get(entry.id);
    if (before !== undefined) {
      throw new BenchmarkDataError(
        `${where}, field id: ${quoted(entry.id)} is the id of entry ${before + 1} too`,
        'give every task an id of its own',
      );
    }
    seen.set(entry.id, index);
  }
  return entries;
}
