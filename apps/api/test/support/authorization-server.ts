import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export const audience = 'urn:coatcheck:demo-api';

/** What a test wants in an access token; the rest is good by itself. */
export type Claims = Readonly<Record<string, unknown>>;

/** An authorization server as far as this API sees one: metadata, keys, and tokens signed with ES256. */
export async function startAuthorizationServer() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256', use: 'sig' }];
  const server = createServer((request, response) => {
    const metadata = { issuer, jwks_uri: `${issuer}/jwks` };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/jwks' ? { keys } : metadata));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${portOf(server.address())}`;

  const token = (claims: Claims = {}): string => {
    const now = Math.floor(Date.now() / 1000);
    const payload = {
      ...{ iss: issuer, aud: audience, sub: 'alice', client_id: 'bff', jti: 'canary-jti' },
      ...{ iat: now, exp: now + 300, scope: 'notes:read notes:write', roles: ['user'] },
      ...claims,
    };
    const input = `${encode({ alg: 'ES256', typ: 'at+jwt', kid: 'k' })}.${encode(payload)}`;
    const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${input}.${signature.toString('base64url')}`;
  };

  return {
    issuer,
    token,
    /** An Authorization header that holds such a token. */
    bearer: (claims?: Claims) => ({ authorization: `Bearer ${token(claims)}` }),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export type AuthorizationServer = Awaited<ReturnType<typeof startAuthorizationServer>>;

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** The port of a server that listens on TCP. */
export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP');
  return address.port;
}
