/** Numbers that look random and are the same for the same seed, on every machine. */
export interface Random {
  /** At least 0, less than 1. */
  next(): number;
  chance(probability: number): boolean;
  between(low: number, high: number): number;
  /** A whole number, both ends included. */
  whole(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
  /** Picks by weight, which need not add up to anything. */
  weighted<T>(from: readonly (readonly [choice: T, weight: number])[]): T;
  /** A generator of its own: what is drawn from it changes nothing here. */
  fork(label: string): Random;
}

/** sfc32 (Chris Doty-Humphrey, PractRand), seeded by a mix of the seed's digits. */
export function createRandom(seed: string): Random {
  let [a, b, c, d] = [mixed(seed, 1), mixed(seed, 2), mixed(seed, 3), 1];
  for (let i = 0; i < 12; i += 1) draw();

  function draw(): number {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  }

  const whole = (low: number, high: number) => low + Math.floor(draw() * (high - low + 1));
  return {
    next: draw,
    chance: (probability) => draw() < probability,
    between: (low, high) => low + draw() * (high - low),
    whole,
    pick(from) {
      const picked = from[whole(0, from.length - 1)];
      if (picked === undefined) throw new RangeError('nothing to pick from');
      return picked;
    },
    weighted(from) {
      let left = draw() * from.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [choice, weight] of from) {
        left -= weight;
        if (left < 0) return choice;
      }
      throw new RangeError('nothing to pick from');
    },
    fork: (label) => createRandom(`${seed}/${label}`),
  };
}

/** FNV-1a with a final avalanche. */
function mixed(text: string, salt: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(salt, 0x9e3779b1);
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
