import { generateKeyPairSync } from 'node:crypto';
import { type Static, Type } from 'typebox';

/** A private P-256 key as JWK (RFC 7518 §6.2). */
export const dpopKey = Type.Object({
  kty: Type.Literal('EC'),
  crv: Type.Literal('P-256'),
  x: Type.String(),
  y: Type.String(),
  d: Type.String(),
});

/** The key that one grant's tokens are bound to (RFC 9449). It never leaves the server but sealed. */
export type DpopKey = Static<typeof dpopKey>;

/** A key of its own for every sign-in: nothing tells a resource server that two sessions are at the same BFF. */
export function newDpopKey(): DpopKey {
  const {
    x = '',
    y = '',
    d = '',
  } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'jwk',
  });
  return { kty: 'EC', crv: 'P-256', x, y, d };
}

/** As short as it gets: it goes into a cookie. */
export function writeDpopKey({ x, y, d }: DpopKey): string {
  return `${x}.${y}.${d}`;
}

/** Null for what {@link writeDpopKey} did not write. */
export function readDpopKey(text: string): DpopKey | null {
  const [, x, y, d] = /^([\w-]{43})\.([\w-]{43})\.([\w-]{43})$/.exec(text) ?? [];
  if (x === undefined || y === undefined || d === undefined) return null;
  return { kty: 'EC', crv: 'P-256', x, y, d };
}
