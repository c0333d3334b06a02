import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export const audience = 'urn:example:notes';

export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** Makes a key pair and its public JWK. */
export async function makeKey(kid: string, alg = 'ES256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return {
    kid,
    alg,
    privateKey,
    publicKey,
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
  };
}

/**
 * An authorization server as far as a resource server sees one: metadata and keys over real HTTP. It counts what is
 * asked of it, and tests change its keys, metadata and health as they go.
 */
export async function startAuthorizationServer(first?: SigningKey) {
  const state = {
    keys: [first ?? (await makeKey('first'))],
    /** Status of every answer; 0 cuts the connection. */
    status: 200,
    metadata: {} as Record<string, unknown>,
    /** Paths asked for, in order. */
    requests: [] as string[],
    /** Paths that are answered with this text instead. */
    overrides: new Map<string, string>(),
    /** While this is pending no answer is given. */
    gate: Promise.resolve(),
  };

  const answer = (request: IncomingMessage): unknown => {
    if (request.url === '/.well-known/openid-configuration') {
      return { issuer, jwks_uri: `${issuer}/jwks`, ...state.metadata };
    }
    if (request.url === '/jwks') return { keys: state.keys.map((key) => key.publicJwk) };
    return undefined;
  };

  const server = createServer(async (request, response) => {
    state.requests.push(request.url ?? '');
    await state.gate;
    if (state.status === 0) return request.socket.destroy();
    const override = state.overrides.get(request.url ?? '');
    const body = override ?? JSON.stringify(answer(request));
    response.writeHead(body === undefined ? 404 : state.status, { 'content-type': 'application/json' });
    return response.end(body ?? '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${portOf(server.address())}`;

  return {
    issuer,
    state,
    /** The claims of a token that is good for {@link audience} at `now` (milliseconds). */
    claims: (now: number = Date.now()): Record<string, unknown> => ({
      iss: issuer,
      aud: audience,
      sub: 'alice',
      client_id: 'spa',
      jti: 'token-1',
      iat: Math.floor(now / 1000),
      exp: Math.floor(now / 1000) + 300,
      scope: 'notes:read',
    }),
    sign: (claims: Record<string, unknown>, header: Record<string, unknown> = {}, key?: SigningKey) =>
      signToken(claims, header, key ?? state.keys[0]),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export type AuthorizationServer = Awaited<ReturnType<typeof startAuthorizationServer>>;

async function signToken(
  claims: Record<string, unknown>,
  header: Record<string, unknown>,
  key: SigningKey | undefined,
): Promise<string> {
  if (key === undefined) throw new Error('the authorization server has no key');
  return new SignJWT(claims)
    .setProtectedHeader({ alg: key.alg, typ: 'at+jwt', kid: key.kid, ...header })
    .sign(key.privateKey);
}

/** The port of a server that listens on TCP. */
export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP');
  return address.port;
}
