/** Random choices that a seed repeats. */
export interface Random {
  /** From 0 up to, without it, a bound. */
  below(bound: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** So many characters of Latin-1, any of them. */
  bytes(length: number): string;
}

/** mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const random: Random = {
    below: (bound) => Math.floor(next() * bound),
    pick: (from) => from[random.below(from.length)] ?? from[0],
    bytes: (length) => Array.from({ length }, () => String.fromCharCode(random.below(256))).join(''),
  };
  return random;
}
