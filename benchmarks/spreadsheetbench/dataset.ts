import { z } from 'zod';
import { EntryId, readEntries } from '../read-entries';

/** An entry of the published `dataset.json`. Other fields are passed over. */
export const DatasetEntry = z.object({
  id: EntryId,
  instruction: z.string().trim().min(1),
  instruction_type: z.string().trim().min(1),
  /** Folder of the task's workbooks, relative to the data folder. */
  spreadsheet_path: z.string().min(1),
  answer_position: z.string().min(1),
});
export type DatasetEntry = z.infer<typeof DatasetEntry>;

const layout =
  'give the folder of SpreadsheetBench Verified as it is published: dataset.json beside spreadsheet/<id>/ with the workbooks';

/**
 * Reads the entries of `dataset.json` in a data folder, in the order of the file.
 * @throws BenchmarkDataError that names file, entry and field
 */
export async function readDataset(dataDir: string): Promise<DatasetEntry[]> {
  const entries = await readEntries(dataDir, { files: ['dataset.json'], schema: DatasetEntry, layout });
  return entries.map(({ entry }) => entry);
}
