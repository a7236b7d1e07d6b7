import type { Happenings } from './happenings';
import * as payloads from './payloads';

/** A run taken back to the start of an epoch; null where none has begun since. */
export interface Rewind {
  atMs: number;
  reason: string;
  epoch: number | null;
}

/** The rewinds of a run, by time. The epoch that a rewind leads to is the first one that begins after it. */
export function rewindsOf(all: readonly Happenings[], run: string): Rewind[] {
  const begun = all.flatMap(({ execution, input }) => {
    const what = payloads.EpochIn.safeParse(input);
    return execution.type === 'epoch' && what.success
      ? [{ startedMs: execution.startedMs, epoch: what.data.epoch }]
      : [];
  });
  const resets = all.filter(({ execution }) => execution.workflowId === run).flatMap((one) => one.resets);
  return resets
    .sort((a, b) => a.atMs - b.atMs)
    .map((reset) => ({ ...reset, epoch: begun.find(({ startedMs }) => startedMs >= reset.atMs)?.epoch ?? null }));
}

/** Whether a later rewind has given up what was begun in an epoch at `startedMs`. */
export function isTakenBack(rewinds: readonly Rewind[], epoch: number, startedMs: number): boolean {
  return rewinds.some((rewind) => rewind.epoch !== null && rewind.epoch <= epoch && startedMs < rewind.atMs);
}
