import { openSync, renameSync, statSync } from 'node:fs';

const limitBytes = 20_000_000;

/**
 * Opens a log of a process that is about to start, to be appended to. One that has grown beyond 20 MB becomes `<path>.1`
 * first, in the place of an earlier one.
 *
 * @returns its descriptor, for the process; the caller closes its own
 */
export function openLog(path: string): number {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes > limitBytes) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}
