import { duration } from '../terminal/progress-text';

/** `2026-05-04 13:04:05`, in UTC. */
export function dateText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** `13:04:05`, in UTC. */
export function clockText(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}

/** How long something took; below ten seconds with tenths. */
export function spanText(startedMs: number, endedMs: number | null): string {
  if (endedMs === null) return 'under way';
  const ms = endedMs - startedMs;
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : duration(ms);
}

/** The end of a span whose start is shown as well: without the date where that is the same. */
export function untilText(startedMs: number, endedMs: number): string {
  const date = (ms: number): string => dateText(ms).slice(0, 10);
  return date(startedMs) === date(endedMs) ? clockText(endedMs) : dateText(endedMs);
}
