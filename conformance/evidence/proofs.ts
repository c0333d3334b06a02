import { createHash } from 'node:crypto';
import { headerValues, type Upstream } from '@coatcheck/testing';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';

/** What a proof of possession says, once its signature was found good. */
export interface SeenProof {
  readonly claims: Readonly<Record<string, unknown>>;
  /** Thumbprint of its key. */
  readonly jkt: string;
  /** What stands in its header of the key. */
  readonly members: readonly string[];
}

/** Reads a DPoP proof (RFC 9449 §4.2). @throws unless it is one, signed by the key in it */
export async function readProof(proof: string): Promise<SeenProof> {
  const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
    typ: 'dpop+jwt',
    algorithms: ['ES256', 'PS256', 'EdDSA'],
  });
  const { jwk = {} } = protectedHeader;
  return { claims: payload, jkt: await calculateJwkThumbprint(jwk), members: Object.keys(jwk).sort() };
}

/** The proof and the `Authorization` of each request that the upstream got, in order. @throws where one of them is missing or repeated */
export function proofsAt(
  upstream: Upstream,
): Promise<(SeenProof & { scheme: string; token: string; ath: string })[]> {
  return Promise.all(
    upstream.requests.map(async (request) => {
      const [proof, ...more] = headerValues(request, 'dpop');
      const [authorization, ...others] = headerValues(request, 'authorization');
      if (proof === undefined || authorization === undefined || more.length + others.length > 0)
        throw new Error('not exactly one proof and one token');
      const [scheme = '', token = ''] = authorization.split(' ');
      const ath = createHash('sha256').update(token).digest('base64url');
      return { ...(await readProof(proof)), scheme, token, ath };
    }),
  );
}
