import { condition } from '@temporalio/workflow';
import type { PauseReason } from '../records/control';

/**
 * What a workflow's activities wait on. Several may wait at once, as in an outage; the first one's reason is shown.
 *
 * @param show called with the reason that is now first, null when nobody waits any more
 * @returns a function that waits, with its reason on show, until `goOn` holds, which it returns, or `limitMs` are over
 */
export function openWaits(show: (first: PauseReason | null) => Promise<void>) {
  let waits: PauseReason[] = [];
  let shown: PauseReason | null = null;
  let telling = false;

  /** One word after the other: of signals that are under way together a later one may arrive first. */
  async function showFirst(): Promise<void> {
    if (telling) return;
    telling = true;
    try {
      for (let first = waits[0] ?? null; first !== shown; first = waits[0] ?? null) {
        shown = first;
        await show(first);
      }
    } finally {
      telling = false;
    }
  }

  return async (reason: PauseReason, goOn: () => boolean, limitMs?: number): Promise<boolean> => {
    waits.push(reason);
    await showFirst();
    const inTime = limitMs === undefined ? await condition(goOn).then(() => true) : await condition(goOn, limitMs);
    waits = waits.filter((entry) => entry !== reason);
    await showFirst();
    return inTime;
  };
}
