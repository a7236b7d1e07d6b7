import { createHash } from 'node:crypto';

/** First 16 hex digits of the sha256 of the parts; parts are length-prefixed so that they can't run into each other. */
export function digest(...parts: readonly (string | number)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const text = String(part);
    hash.update(`${text.length}:`).update(text);
  }
  return hash.digest('hex').slice(0, 16);
}

/** A number in [0, 1) that depends on the parts alone. */
export function draw(...parts: readonly (string | number)[]): number {
  return Number.parseInt(digest(...parts).slice(0, 13), 16) / 16 ** 13;
}

/** One of the items, chosen by the parts alone. Throws on an empty list. */
export function pick<T>(items: readonly T[], ...parts: readonly (string | number)[]): T {
  const item = items[Math.floor(draw(...parts) * items.length)];
  if (item === undefined) throw new Error('pick: expected at least one item to choose from, got an empty list');
  return item;
}

/** JSON with sorted keys, so that two requests that say the same have the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}
