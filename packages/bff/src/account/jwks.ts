import type { FastifyReply } from 'fastify';
import type { Settings } from '../options/settings.ts';

/** Long enough for a provider that asks at each request, short beside the days of a rotation. Seconds. */
const freshFor = 300;

/** `GET /bff/jwks`: the public keys of the client (RFC 7517 §5), for providers to check its signatures and to encrypt for it. */
export function publishKeys(
  { clientKeys, decryptionKeys }: Pick<Settings, 'clientKeys' | 'decryptionKeys'>,
  reply: FastifyReply,
): FastifyReply {
  return reply
    .header('cache-control', `public, max-age=${freshFor}`)
    .type('application/jwk-set+json')
    .send(JSON.stringify({ keys: [...clientKeys, ...decryptionKeys].map(({ publicJwk }) => publicJwk) }));
}
