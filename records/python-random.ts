const stateSize = 624;
const shiftSize = 397;

/** Python's generator, as far as shuffles need it. */
export interface PythonRandom {
  /** A whole number of `bits` random bits, from 1 to 32: `getrandbits`. */
  bits(bits: number): number;
  /** The items in a new order, as `shuffle` leaves a list; what is given stays as it is. */
  shuffled<T>(items: readonly T[]): T[];
}

/**
 * Draws what Python's `random.Random(seed)` draws: the Mersenne Twister (MT19937) seeded by the 32-bit words of the
 * seed, after Matsumoto and Nishimura's description.
 *
 * @param seed a whole number from 0 to 2^53 − 1
 * @throws RangeError for any other seed
 */
export function pythonRandom(seed: number): PythonRandom {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`Python's generator: expected a seed from 0 to 2^53 − 1, got ${seed}`);
  }
  const low = seed % 0x1_0000_0000;
  const high = (seed - low) / 0x1_0000_0000;
  const state = seededState(high === 0 ? [low] : [low, high]);
  let next = stateSize;

  function word(): number {
    if (next === stateSize) {
      twist(state);
      next = 0;
    }
    let value = at(state, next);
    next += 1;
    value ^= value >>> 11;
    value ^= (value << 7) & 0x9d2c5680;
    value ^= (value << 15) & 0xefc60000;
    return (value ^ (value >>> 18)) >>> 0;
  }

  const bits = (count: number): number => word() >>> (32 - count);

  /** From 0 to `bound` − 1; draws beyond the bound are thrown away, so that all are equally likely. */
  function below(bound: number): number {
    const size = 32 - Math.clz32(bound);
    let value = bits(size);
    while (value >= bound) value = bits(size);
    return value;
  }

  function shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let last = result.length - 1; last > 0; last -= 1) {
      const chosen = below(last + 1);
      [result[last], result[chosen]] = [result[chosen] as T, result[last] as T];
    }
    return result;
  }

  return { bits, shuffled };
}

/** The generator's words can't be out of range: indices are kept within it. */
const at = (state: Uint32Array, index: number): number => state[index] as number;

/** The state after seeding by an array of words: two passes that mix each word of the key into all of the state. */
function seededState(key: readonly number[]): Uint32Array {
  const state = new Uint32Array(stateSize);
  state[0] = 19_650_218;
  for (let index = 1; index < stateSize; index += 1) state[index] = mixed(state, index, 1_812_433_253) + index;

  let index = 1;
  const advance = (): void => {
    index += 1;
    if (index < stateSize) return;
    state[0] = at(state, stateSize - 1);
    index = 1;
  };
  for (let round = 0; round < Math.max(stateSize, key.length); round += 1) {
    const part = round % key.length;
    state[index] = (at(state, index) ^ mixed(state, index, 1_664_525)) + (key[part] as number) + part;
    advance();
  }
  for (let round = 1; round < stateSize; round += 1) {
    state[index] = (at(state, index) ^ mixed(state, index, 1_566_083_941)) - index;
    advance();
  }
  state[0] = 0x8000_0000;
  return state;
}

function mixed(state: Uint32Array, index: number, factor: number): number {
  const before = at(state, index - 1);
  return Math.imul(before ^ (before >>> 30), factor);
}

/** Makes the next 624 words of the state. */
function twist(state: Uint32Array): void {
  for (let index = 0; index < stateSize; index += 1) {
    const joined = (at(state, index) & 0x8000_0000) | (at(state, (index + 1) % stateSize) & 0x7fff_ffff);
    const odd = joined & 1 ? 0x9908_b0df : 0;
    state[index] = at(state, (index + shiftSize) % stateSize) ^ (joined >>> 1) ^ odd;
  }
}
