import { freePort } from '@coatcheck/conformance/network';
import { programFile } from '../../go/build.ts';
import { hydraProgram } from '../../go/programs.ts';
import { startProgram } from '../program.ts';
import type { Offers, Place, RealServer, ServerKind } from '../server.ts';
import { introspects, revokes } from '../token-state.ts';
import { hydraPerson, pages } from './person.ts';

const offers: Offers = {
  refresh: 'rotates',
  accessToken: 'opaque',
  idTokenAlg: 'RS256',
  par: false,
  iss: false,
  dpop: false,
  revocation: true,
  saysInvalidGrant: true,
  rpInitiatedLogout: true,
  backchannelLogout: true,
  frontchannelLogout: true,
  keyRotation: true,
};

/** Ory Hydra: it has no pages of its own, who signs in is decided by a program beside it. */
export const hydras: readonly ServerKind[] = (['opaque', 'jwt'] as const).map((accessToken) => ({
  name: `Ory Hydra: ${accessToken === 'jwt' ? 'JWT' : 'opaque'} access tokens`,
  offers: { ...offers, accessToken },
  accessTokenLife: 60,
  issuer: (origin) => origin,
  // Without the hint it goes to no redirect URI of the client's.
  provider: {
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    // Its logout tokens have no `exp`.
    config: { logout: { hint: 'id_token_hint', acceptTokensWithoutExp: true } },
  },
  start: (place) => start(accessToken, place),
}));

async function start(accessToken: 'opaque' | 'jwt', { origin, client }: Place): Promise<RealServer> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const administration = `http://127.0.0.1:${adminPort}/admin`;
  const running = await startProgram(
    programFile(hydraProgram),
    // What it would tell its makers stays here.
    ['serve', 'all', '--dev', '--sqa-opt-out'],
    `http://127.0.0.1:${adminPort}/health/ready`,
    {
      DSN: 'memory',
      LOG_LEVEL: 'warn',
      SECRETS_SYSTEM: 'a-secret-of-this-run-that-is-long-enough',
      SERVE_PUBLIC_HOST: '127.0.0.1',
      SERVE_PUBLIC_PORT: String(port),
      SERVE_ADMIN_HOST: '127.0.0.1',
      SERVE_ADMIN_PORT: String(adminPort),
      STRATEGIES_ACCESS_TOKEN: accessToken,
      TTL_ACCESS_TOKEN: '60s',
      URLS_SELF_ISSUER: origin,
      URLS_LOGIN: pages.login,
      URLS_CONSENT: pages.consent,
      URLS_LOGOUT: pages.logout,
      URLS_POST_LOGOUT_REDIRECT: pages.signedOut,
    },
  );

  async function post(path: string, body: unknown): Promise<void> {
    const answer = await fetch(`${administration}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`Hydra: ${path}: ${answer.status} ${await answer.text()}`);
  }

  await post('/clients', {
    client_id: client.id,
    client_secret: client.secret,
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    scope: 'openid profile email offline_access',
    redirect_uris: [client.redirectUri],
    post_logout_redirect_uris: [client.postLogoutRedirectUri],
    backchannel_logout_uri: client.backchannelLogoutUri,
    backchannel_logout_session_required: true,
    frontchannel_logout_uri: client.frontchannelLogoutUri,
    frontchannel_logout_session_required: true,
  });
  return {
    version: hydraProgram.release,
    port,
    person: () => hydraPerson(origin, administration),
    isLive: (token) => introspects(`${administration}/oauth2/introspect`, token),
    revoke: (token) => revokes(`${origin}/oauth2/revoke`, token, client),
    rotateKeys: () => post('/keys/hydra.openid.id-token', { alg: 'RS256', use: 'sig', kid: 'second' }),
    log: running.log,
    close: running.end,
  };
}
