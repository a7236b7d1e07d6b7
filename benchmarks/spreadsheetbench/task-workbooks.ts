import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { BenchmarkDataError } from '../benchmark';
import type { DatasetEntry } from './dataset';
import { lstatInside } from '../lstat-inside';

/** Published names: `1_<id>_init.xlsx`, but `initial.xlsx` in some tasks; a golden may bear another task's number. */
const kinds = {
  input: { name: 'input', pattern: /(^|_)(init|initial)\.xlsx$/i, usual: (id: string) => `1_${id}_init.xlsx` },
  golden: { name: 'golden', pattern: /(^|_)golden\.xlsx$/i, usual: (id: string) => `1_${id}_golden.xlsx` },
};

/** Absolute paths of a task's two workbooks. */
export interface TaskWorkbooks {
  input: string;
  golden: string;
}

/**
 * Finds a task's workbooks in its folder: the file with the usual name, else the only one that can be meant.
 * @throws BenchmarkDataError when the folder or a workbook isn't there, or several could be meant
 */
export async function findTaskWorkbooks(dataDir: string, entry: DatasetEntry): Promise<TaskWorkbooks> {
  const folder = path.join(dataDir, entry.spreadsheet_path);
  const task = `task ${entry.id} of ${path.join(dataDir, 'dataset.json')}`;
  const stats = await lstatInside(dataDir, entry.spreadsheet_path);
  if (stats === null || !stats.isDirectory()) {
    throw new BenchmarkDataError(
      `${task}, field spreadsheet_path: expected a folder at ${folder}, got ${stats === null ? 'nothing' : 'a file'}`,
      "restore the task's folder, or remove the task from dataset.json",
    );
  }
  const names = (await readdir(folder)).sort();

  const find = async ({ name, pattern, usual }: (typeof kinds)['input']): Promise<string> => {
    const fitting = names.filter((file) => pattern.test(file) && !file.startsWith('~$'));
    const [chosen, ...others] = fitting.includes(usual(entry.id)) ? [usual(entry.id)] : fitting;
    if (chosen === undefined || others.length > 0) {
      const got = chosen === undefined ? names.slice(0, 10).join(', ') || 'an empty folder' : fitting.join(', ');
      throw new BenchmarkDataError(
        `${task}: expected one ${name} workbook like ${usual(entry.id)} in ${folder}, got ${got}`,
        "restore the task's workbooks under their published names, or remove the task from dataset.json",
      );
    }
    const file = await lstatInside(dataDir, `${entry.spreadsheet_path}/${chosen}`);
    if (file === null || !file.isFile()) {
      throw new BenchmarkDataError(`${task}: ${path.join(folder, chosen)} is no file`, 'put a workbook in its place');
    }
    return path.join(folder, chosen);
  };
  return { input: await find(kinds.input), golden: await find(kinds.golden) };
}
