import path from 'node:path';
import { z } from 'zod';
import { BenchmarkDataError } from '../benchmark';
import type { LoadedFile, LoadedTask } from '../benchmark';
import { lstatInside } from '../lstat-inside';
import { EntryId, readEntries, type PlacedEntry } from '../read-entries';

/** Where the agent must leave its answer. */
export const answerName = 'answer.txt';

/** One task of `dataset.json`. Unknown fields are errors: a misspelt `inputs` would silently leave files out. */
const CustomEntry = z.strictObject({
  id: EntryId,
  prompt: z.string().trim().min(1),
  /** Files of the data folder that are laid into the work directory under their own names. */
  inputs: z.array(z.string().min(1)).default([]),
  answer: z.string().refine((text) => text.trim() !== '', 'expected a text that is not blank'),
});
type CustomEntry = z.infer<typeof CustomEntry>;

const layout =
  'give a folder with dataset.json (a list) or dataset.jsonl (one object a line): {"id", "prompt", "inputs"?: [paths], "answer"}';

/** The user message: the prompt, the files at hand, and where the answer goes. It names neither id nor folder. */
function taskPrompt({ prompt }: CustomEntry, files: readonly LoadedFile[]): string {
  const names = files.map((file) => `\`${file.path}\``).join(', ');
  return [
    prompt,
    ...(files.length === 0 ? [] : ['', `Files in the work directory: ${names}.`]),
    '',
    `Write the answer, and nothing else, as plain text to \`${answerName}\` in the work directory.`,
  ].join('\n');
}

async function inputsOf(dataDir: string, { entry, where }: PlacedEntry<CustomEntry>): Promise<LoadedFile[]> {
  const files: LoadedFile[] = [];
  for (const [index, input] of entry.inputs.entries()) {
    const wrong = (problem: string, fix: string): BenchmarkDataError =>
      new BenchmarkDataError(`${where} (id "${entry.id}"), field inputs.${index}: ${problem}`, fix);
    const stats = await lstatInside(dataDir, input);
    if (!stats?.isFile()) {
      const what = stats === null ? 'there is no file' : 'it is no file but a folder or device:';
      throw wrong(`${what} ${path.join(dataDir, input)}`, 'correct the path, which is relative to the data folder');
    }
    const name = path.posix.basename(input);
    if (name === answerName) throw wrong(`${name} is where the answer goes`, 'give the file another name');
    if (files.some((file) => file.path === name)) {
      throw wrong(`two inputs are named ${name}`, 'give the files of a task different names');
    }
    files.push({ path: name, sourcePath: path.join(dataDir, input) });
  }
  return files;
}

/**
 * Loads the tasks of a data folder, in the order of its list.
 * @throws BenchmarkDataError for the first entry that can't be used
 */
export async function loadTasks(dataDir: string): Promise<LoadedTask[]> {
  const root = path.resolve(dataDir);
  const tasks: LoadedTask[] = [];
  const entries = await readEntries(root, { files: ['dataset.json', 'dataset.jsonl'], schema: CustomEntry, layout });
  for (const placed of entries) {
    const { id, answer } = placed.entry;
    const inputs = await inputsOf(root, placed);
    const prompt = taskPrompt(placed.entry, inputs);
    tasks.push({ id, prompt, inputs, outputs: [answerName], golden: { files: [], answer: { text: answer } } });
  }
  return tasks;
}
