import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import Provider, { type Configuration, type JWK } from 'oidc-provider';
import { createPerson } from '../form-person.ts';
import { credentials, type Place, type RealServer, type ServerKind } from '../server.ts';
import { introspection, introspects, revokes } from '../token-state.ts';
import { fapiSetups } from './fapi-setups.ts';
import { signingKey } from './keys.ts';
import { type Setup, setups } from './setups.ts';

/** oidc-provider by Filip Skokan (npm), in each set-up. */
export const oidcProviders: readonly ServerKind[] = setups.map(kindOf);
export const fapiProviders: readonly ServerKind[] = fapiSetups.map(kindOf);

function kindOf(setup: Setup): ServerKind {
  return {
    ...setup,
    name: `oidc-provider: ${setup.name}`,
    issuer: (origin) => origin,
    start: (place) => start(setup, place),
  };
}

const resourceServer = { id: 'api', secret: 'a-secret-of-the-resource-server-0123456789' };

async function start(setup: Setup, place: Place): Promise<RealServer> {
  let listener: RequestListener;
  const server = createServer((request, response) => listener(request, response));
  const algs = [...new Set(['RS256', 'ES256', setup.offers.idTokenAlg])];
  let keys: JWK[] = await Promise.all(algs.map((alg) => signingKey(alg, `${alg}-1`)));
  const load = () => {
    const provider = new Provider(place.origin, configuration(setup, place, keys));
    provider.proxy = place.origin.startsWith('https:');
    listener = provider.callback();
  };
  load();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  // What the tests ask goes past the front: it is no part of the journeys.
  const endpoint = (path: string) => `http://127.0.0.1:${port}${path}`;
  return {
    version: versionOf(),
    port,
    person: () =>
      createPerson(place.origin, (forms, html) => {
        const [form] = forms;
        if (!form) return undefined;
        if (form.fields.includes('password')) return { form, fields: credentials };
        // Consent has no fields; sign-out has its button outside of the form.
        return { form, fields: html.includes('name="logout"') ? { logout: 'yes' } : {} };
      }),
    async isLive(token) {
      if (setup.offers.accessToken === 'opaque') {
        return introspects(endpoint('/token/introspection'), token, resourceServer);
      }
      const verified = await jwtVerify(token, createRemoteJWKSet(new URL(endpoint('/jwks'))), {
        issuer: place.origin,
        audience: 'urn:interop:api',
        typ: 'at+jwt',
      });
      return verified.payload.sub === credentials.login;
    },
    bindingOf: async (token) =>
      (await introspection(endpoint('/token/introspection'), token, resourceServer)).cnf,
    revoke: (token) => revokes(endpoint('/token/revocation'), token, resourceServer),
    async rotateKeys() {
      keys = await Promise.all(algs.map((alg) => signingKey(alg, `${alg}-2`)));
      load();
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function configuration(setup: Setup, { client }: Place, keys: readonly JWK[]): Configuration {
  return {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [client.redirectUri],
        post_logout_redirect_uris: [client.postLogoutRedirectUri],
        backchannel_logout_uri: client.backchannelLogoutUri,
        backchannel_logout_session_required: true,
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        ...setup.client(client),
      },
      {
        client_id: resourceServer.id,
        client_secret: resourceServer.secret,
        grant_types: [],
        response_types: [],
        redirect_uris: [],
      },
    ],
    jwks: { keys: [...keys] },
    cookies: { keys: ['a-key-for-the-cookies-of-this-run'] },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256', 'PS256', 'Ed25519'] },
    pkce: { required: () => true },
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    ttl: { AccessToken: setup.accessTokenLife, IdToken: 3_600, RefreshToken: 86_400, Session: 86_400 },
    findAccount: async (_ctx, sub) => ({
      accountId: sub,
      claims: async () => ({ sub, name: 'Alice', email: sub, email_verified: true }),
    }),
    // Its own fetch refuses loopback, where the BFF hears of sign-outs.
    fetch: (input, { dispatcher: _, ...init } = {}) => fetch(input, init),
    ...setup.configuration,
  };
}

function versionOf(): string {
  const entry = import.meta.resolve('oidc-provider');
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', entry), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}
