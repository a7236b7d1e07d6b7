import type { MomentumRecord } from '../records/momentum';

/**
 * The record with the places of its patterns as the skill has them now.
 *
 * @param moved anchors that are gone, each with what took its place, or null where nothing did.
 */
export function renameAnchors(record: MomentumRecord, moved: ReadonlyMap<string, string | null>): MomentumRecord {
  if (moved.size === 0) return record;
  const now = (anchor: string | null): string | null => {
    const place = anchor === null ? undefined : moved.get(anchor);
    return place === undefined ? anchor : place;
  };
  return {
    ...record,
    patterns: record.patterns.map((pattern) => ({ ...pattern, anchor: now(pattern.anchor) })),
    overlay: record.overlay.map((entry) => ({ ...entry, anchor: now(entry.anchor) })),
  };
}
