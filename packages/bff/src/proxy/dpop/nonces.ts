import { LRUCache } from 'lru-cache';
import type { DpopKey } from '../../session/dpop-key.ts';

/** One that is forgotten costs a challenge. */
const mostKept = 10_000;

/** RFC 9449 §8.1; the bound is ours. */
const sound = /^[\x21\x23-\x5b\x5d-\x7e]{1,512}$/;

/** The nonces that upstreams gave, for each key and origin of its own: the newest is used until the next comes. */
export interface Nonces {
  of(key: DpopKey, origin: string): string | undefined;
  /**
   * Takes in what an answer brings (RFC 9449 §8.2, §9).
   *
   * @param rawHeaders names and values in turn
   * @returns whether it brought one
   */
  learn(key: DpopKey, origin: string, rawHeaders: readonly string[]): boolean;
}

export function createNonces(): Nonces {
  const kept = new LRUCache<string, string>({ max: mostKept });
  const place = (key: DpopKey, origin: string) => `${key.x} ${origin}`;
  return {
    of: (key, origin) => kept.get(place(key, origin)),
    learn(key, origin, rawHeaders) {
      const given = rawHeaders.filter(
        (_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'dpop-nonce',
      );
      const [nonce] = given;
      if (nonce === undefined || given.length > 1 || !sound.test(nonce)) return false;
      kept.set(place(key, origin), nonce);
      return true;
    },
  };
}
