/** What a random choice depends on, e.g. `(runSeed, 'epoch-shuffle', 2)`: never time, order of completion or ids. */
export type SeedPart = string | number;

/** Four 32-bit words from the parts; parts are told apart, so `('ab', 'c')` and `('a', 'bc')` differ. */
function seedWords(parts: readonly SeedPart[]): [number, number, number, number] {
  const text = JSON.stringify(parts);
  const word = (offset: number): number => {
    // FNV-1a over UTF-16 units from a basis of its own for each word, then an avalanche so that near seeds part ways.
    let hash = (0x811c9dc5 ^ Math.imul(offset + 1, 0x9e3779b1)) >>> 0;
    for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  };
  return [word(0), word(1), word(2), word(3)];
}

/**
 * A deterministic generator of numbers in [0, 1) with 32 random bits each (xoshiro128**). It uses no Node module and
 * no clock, so that workflows and activities draw the same numbers. Not for secrets.
 */
export function seededRandom(...parts: readonly SeedPart[]): () => number {
  let [a, b, c, d] = seedWords(parts);
  if ((a | b | c | d) === 0) d = 1;
  const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result / 0x1_0000_0000;
  };
}

/** A whole number from 0 to 2^31 − 1 that depends on the parts alone, e.g. the `seed` of a model request. */
export function seedNumber(...parts: readonly SeedPart[]): number {
  return Math.floor(seededRandom(...parts)() * 0x8000_0000);
}

/** The items in an order that depends on the parts alone (Fisher–Yates); the input is left as it is. */
export function shuffled<T>(items: readonly T[], ...parts: readonly SeedPart[]): T[] {
  const random = seededRandom(...parts);
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const chosen = Math.floor(random() * (last + 1));
    [result[last], result[chosen]] = [result[chosen] as T, result[last] as T];
  }
  return result;
}
