import { json, type Route } from '../call.ts';
import type { Emulator, EmulatorOptions } from '../emulator.ts';
import { createSignIn } from '../sign-in/sign-in.ts';
import { type AssembleParts, startEmulator } from '../start.ts';
import { loadSigner } from '../state/signing-key.ts';
import { googleAccounts } from './accounts.ts';
import { picture, revoke, tokenInfo, userInfo } from './api.ts';
import { asks, authorize, deniedUri, grantedUri } from './authorize.ts';
import { discoveryDocument } from './discovery.ts';
import { createGrants } from './grants.ts';
import { googleLook } from './look.ts';
import { tokenEndpoint } from './tokens.ts';

export interface GoogleEmulatorOptions extends EmulatorOptions {
  /** ID tokens name their issuer with the scheme, as the metadata does, or the old way, without. `with` by default. */
  readonly issuerScheme?: 'with' | 'without';
  /** Seconds; 3599 by default. */
  readonly accessTokenTtl?: number;
}

/**
 * Starts an emulator of Google's OpenID Provider, after its public documentation: offline access by a parameter,
 * refresh tokens at consent only and without rotation, opaque access tokens, revocation of the whole grant.
 *
 * @throws IdpStartError where it must not run, the port is taken, or the data directory is unusable
 */
export function startGoogleEmulator(options: GoogleEmulatorOptions): Promise<Emulator> {
  const assemble = (parts: AssembleParts) => googleRoutes(options, parts);
  return startEmulator(options, { id: 'google', styles: googleLook.styles, assemble });
}

async function googleRoutes(
  options: GoogleEmulatorOptions,
  { origin, database, now }: AssembleParts,
): Promise<readonly Route[]> {
  const { clients, issuerScheme = 'with', accessTokenTtl = 3599 } = options;
  const grants = createGrants(database, now);
  const signer = await loadSigner(database, now);
  const issuer = issuerScheme === 'with' ? origin : new URL(origin).host;
  const signIn = createSignIn({
    brand: 'google',
    look: googleLook,
    accounts: googleAccounts,
    clients,
    database,
    now,
    asks: (request, accountId) => asks(grants, request, accountId),
    granted: (request, accountId, left, asked) => grantedUri(grants, origin, request, accountId, left, asked),
    denied: (request) => deniedUri(origin, request),
  });
  const tokenParts = { clients, grants, signer, origin, issuer, accessTokenTtl, now };
  // As Google has them: metadata and keys may be cached.
  const cached = { 'Cache-Control': 'public, max-age=3600' };

  const both = ['GET', 'POST'];
  return [
    {
      methods: ['GET'],
      path: /^\/\.well-known\/openid-configuration$/,
      answer: () => json(200, discoveryDocument(origin), cached),
    },
    { methods: ['GET'], path: /^\/oauth2\/v3\/certs$/, answer: () => json(200, signer.jwks, cached) },
    {
      methods: both,
      path: /^\/o\/oauth2\/v2\/auth$/,
      answer: (call) => authorize(clients, grants, signIn, call),
    },
    ...signIn.routes,
    { methods: ['POST'], path: /^\/token$/, answer: (call) => tokenEndpoint(tokenParts, call) },
    { methods: both, path: /^\/v1\/userinfo$/, answer: (call) => userInfo(grants, origin, call) },
    { methods: both, path: /^\/tokeninfo$/, answer: (call) => tokenInfo(grants, now, call) },
    { methods: ['POST'], path: /^\/revoke$/, answer: (call) => revoke(grants, call) },
    { methods: ['GET'], path: /^\/picture\/(?<id>\d{21})\.svg$/, answer: picture },
  ];
}
