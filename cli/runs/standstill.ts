import type { Client } from '@temporalio/client';
import { retriesOf, retriesText } from './retries';
import { stuckOf, stuckText } from './stuck';

/** Says with `line` why a run doesn't move: its code fails, or activities of it are being retried. */
export async function tellStandstill(client: Client, run: string, line: (text: string) => void): Promise<void> {
  const stuck = await stuckOf(client, run);
  if (stuck !== null) return line(stuckText(stuck, run));
  const retries = await retriesOf(client, run);
  if (retries !== null) line(retriesText(retries));
}
