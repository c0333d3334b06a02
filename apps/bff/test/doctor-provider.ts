import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type DoctorOptions, runDoctor } from '../src/doctor/doctor.ts';

/** A provider that says what a test wants. */
export interface FakeProvider {
  readonly origin: string;
  /** Paths that were asked for, with their methods. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export type Members = Readonly<Record<string, unknown>>;

/** What is changed of a provider that has everything. */
export interface Changes {
  /** Members over those of the usual metadata; undefined takes one out. */
  readonly metadata?: (origin: string) => Members;
  readonly keys?: unknown;
  /** Answers a path in its own way. */
  readonly paths?: Readonly<Record<string, (response: ServerResponse) => void>>;
}

export const discovery = '/.well-known/openid-configuration';
const oauthDiscovery = '/.well-known/oauth-authorization-server';

const publicKey = generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey.export({ format: 'jwk' });
export const goodKeys = { keys: [{ ...publicKey, kid: 'one', use: 'sig', alg: 'RS256' }] };

/** Starts it on loopback. */
export async function startProvider({
  metadata,
  keys = goodKeys,
  paths = {},
}: Changes = {}): Promise<FakeProvider> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(`${request.method} ${path}`);
    const special = paths[path];
    if (special) return special(response);
    if (path === discovery || path === oauthDiscovery)
      return sendJson(response, 200, { ...usual(origin), ...metadata?.(origin) });
    if (path === '/jwks') return sendJson(response, 200, keys);
    if (path === '/token') return sendJson(response, 400, { error: 'invalid_request' });
    return sendJson(response, 404, {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return {
    origin,
    asked,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Runs the doctor, as the command does, at a provider that is closed afterwards. */
export async function examineProvider(changes: Changes = {}, options: Partial<DoctorOptions> = {}) {
  const provider = await startProvider(changes);
  try {
    const result = await runDoctor(
      { issuer: provider.origin, clientId: 'the-client', profile: 'oidc', ...options },
      { fetch: globalThis.fetch, now: Date.now },
      (_colour, text) => text,
    );
    return { ...result, asked: provider.asked, origin: provider.origin };
  } finally {
    await provider.close();
  }
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function usual(origin: string): Members {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    jwks_uri: `${origin}/jwks`,
    revocation_endpoint: `${origin}/revoke`,
    end_session_endpoint: `${origin}/logout`,
    pushed_authorization_request_endpoint: `${origin}/par`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic'],
    dpop_signing_alg_values_supported: ['ES256'],
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
  };
}
