import path from 'node:path';
import type { LoadedTask } from '../benchmark';
import { readDataset } from './dataset';
import { inputName, outputName, taskPrompt } from './task-prompt';
import { findTaskWorkbooks } from './task-workbooks';

/**
 * Loads the tasks of a data folder in the published layout, in the order of `dataset.json`. Workbooks are found, not
 * read: whether they can be is for `findInfeasible` to say.
 * @throws BenchmarkDataError for the first entry that can't be used
 */
export async function loadTasks(dataDir: string): Promise<LoadedTask[]> {
  const root = path.resolve(dataDir);
  const tasks: LoadedTask[] = [];
  for (const entry of await readDataset(root)) {
    const { input, golden } = await findTaskWorkbooks(root, entry);
    tasks.push({
      id: entry.id,
      prompt: taskPrompt(entry),
      inputs: [{ path: inputName, sourcePath: input }],
      outputs: [outputName],
      golden: {
        files: [{ path: 'golden.xlsx', sourcePath: golden }],
        answer: { answer_position: entry.answer_position },
      },
    });
  }
  return tasks;
}
