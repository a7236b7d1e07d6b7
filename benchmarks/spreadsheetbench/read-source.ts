import { readFileSync, statSync } from 'node:fs';
import { defaultBounds } from './workbook/bounds';
import { WorkbookError } from './workbook/workbook-error';

/** A workbook file: its bytes, or where they lie. */
export type Source = Uint8Array | string;

/**
 * The bytes of a workbook file; one beyond the bounds isn't even read.
 * @throws WorkbookError `bound`, or the system's error when there is no such file or it can't be read
 */
export function readSource(source: Source): Uint8Array {
  if (typeof source !== 'string') return source;
  const stats = statSync(source);
  // A pipe or device would block the thread.
  if (!stats.isFile()) throw new Error(`${source} is no regular file`);
  if (stats.size > defaultBounds.fileBytes) {
    throw new WorkbookError('bound', `the file has ${stats.size} bytes; at most ${defaultBounds.fileBytes} are read`);
  }
  return readFileSync(source);
}
