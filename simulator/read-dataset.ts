import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { taskPrompt } from '../benchmarks/spreadsheetbench/task-prompt';

/** A task of the published data set, as far as the simulator needs it. */
export interface DatasetTask {
  id: string;
  /** The user message that the benchmark makes of the entry: what a task is known by here. */
  prompt: string;
  inputPath: string;
  goldenPath: string;
  answerPosition: string;
}

const Dataset = z.array(
  z.object({
    id: z.union([z.string(), z.number()]).transform(String),
    instruction: z.string(),
    instruction_type: z.string(),
    spreadsheet_path: z.string(),
    answer_position: z.string(),
  }),
);

/** Reads `dataset.json` and finds the workbooks of each task. */
export async function readDataset(dataDir: string): Promise<DatasetTask[]> {
  const entries = Dataset.parse(JSON.parse(await readFile(join(dataDir, 'dataset.json'), 'utf8')));
  return Promise.all(
    entries.map(async (entry) => {
      const folder = join(dataDir, entry.spreadsheet_path);
      const files = await readdir(folder);
      const find = (word: string): string => join(folder, files.find((file) => file.includes(word)) ?? word);
      return {
        id: entry.id,
        prompt: taskPrompt(entry),
        inputPath: find('init'),
        goldenPath: find('golden'),
        answerPosition: entry.answer_position,
      };
    }),
  );
}
