import type { KeyObject } from 'node:crypto';
import { assign, type Change } from './changes.ts';
import type { JwtDraft } from './jwt.ts';
import type { Keys } from './keys.ts';
import type { SigningAlgorithm } from './settings.ts';

type Forgery = Change<JwtDraft>;

/** Ready-made changes of JWTs, for `change('idToken', …)`, `issueAccessToken(…)`, `signLogoutToken(…)`. */
export const forge = {
  /** Sets claims; undefined takes one out. */
  claims:
    (claims: Record<string, unknown>): Forgery =>
    (draft) =>
      assign(draft.claims, claims),

  /** Signs this text in place of the claims: no JSON, an array, repeated members. */
  payload:
    (text: string): Forgery =>
    (draft) => {
      draft.payload = text;
    },

  /** Sets header members (`jku`, `crit`, `typ`, a strange `alg`); undefined leaves one out, also `kid`. */
  header:
    (header: Record<string, unknown>): Forgery =>
    (draft) => {
      Object.assign(draft.header, header);
    },

  /** Properly signed with another algorithm, whose key is in the JWKS. */
  alg:
    (alg: SigningAlgorithm): Forgery =>
    (draft) => {
      draft.signature = { by: 'server', alg };
    },

  /** Signed with a key that is not the server's, under the server's key id. */
  foreignKey: (): Forgery => (draft) => {
    draft.signature = { by: 'foreign' };
  },

  /** Signed with a given key: a withdrawn one, a junk one, one of the test's own. */
  signedBy:
    (privateKey: KeyObject, alg: SigningAlgorithm, kid?: string): Forgery =>
    (draft) => {
      draft.signature = { by: 'key', alg, privateKey };
      if (kid !== undefined) draft.header.kid = kid;
    },

  /** Signed with a foreign key that the token's own header offers (RFC 8725 §3.10). */
  advertisedKey:
    (keys: Keys, alg: SigningAlgorithm, place: { jku?: string; x5u?: string } = {}): Forgery =>
    async (draft) => {
      const foreign = await keys.foreign(alg);
      draft.signature = { by: 'key', alg, privateKey: foreign.privateKey };
      const inline = place.jku === undefined && place.x5u === undefined;
      Object.assign(draft.header, place, { kid: foreign.kid }, inline ? { jwk: foreign.publicJwk } : {});
    },

  /** Unsigned: `none` in any spelling. */
  algNone:
    (alg = 'none'): Forgery =>
    (draft) => {
      draft.signature = { by: 'nobody' };
      draft.header.alg = alg;
    },

  /** HS256, keyed with something that is public or shared (RFC 8725 §2.1). */
  hs256:
    (secret: 'public-key-pem' | 'public-key-jwk' | 'client-secret' | Buffer): Forgery =>
    (draft) => {
      draft.signature = { by: 'hmac', secret };
    },

  /** Properly signed, then one bit of the signature flipped. */
  badSignature: (): Forgery => (draft) => {
    draft.finish = flipSignatureBit;
  },

  /** Several at once. */
  all:
    (...forgeries: Forgery[]): Forgery =>
    async (draft, occasion) => {
      for (const forgery of forgeries) await forgery(draft, occasion);
    },
} as const;

function flipSignatureBit(token: string): string {
  const [header, claims, signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  return `${header}.${claims}.${bytes.toString('base64url')}`;
}
