import type { MomentumRecord, Pattern } from '../records/momentum';

/** The patterns of a record, most pressing first: seen in this batch, then by how often. */
export function byUrgency(record: MomentumRecord): Pattern[] {
  const current = new Set(record.overlay.map((entry) => entry.pattern));
  const weight = (pattern: Pattern): number => pattern.occurrences + (current.has(pattern.id) ? 1000 : 0);
  return [...record.patterns].sort((a, b) => weight(b) - weight(a) || (a.id < b.id ? -1 : 1));
}
