import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuthorizationServer, makeCertificate, startAuthorizationServer } from '../src/index.ts';
import { createPlainClient, redirectUri } from './plain-client.ts';

let as: AuthorizationServer;
let client: ReturnType<typeof createPlainClient>;
beforeEach(async () => {
  as = await startAuthorizationServer();
  client = createPlainClient(as);
});
afterEach(() => as.close());

describe('what tokens say', () => {
  it('follows sid, acr, amr, authTime, extra claims and the granted scopes', async () => {
    Object.assign(as.settings, {
      sid: 'sid-1',
      acr: 'urn:mfa',
      amr: ['pwd', 'otp'],
      authTime: 1000,
      grantedScopes: ['openid'],
      idTokenClaims: { groups: ['a'] },
      accessTokenClaims: { groups: Array.from({ length: 200 }, (_, at) => `group-${at}`) },
    });
    const { members } = await client.signIn();
    expect(members.scope).toBe('openid');
    expect(decodeJwt(String(members.id_token))).toMatchObject({
      sid: 'sid-1',
      acr: 'urn:mfa',
      amr: ['pwd', 'otp'],
      auth_time: 1000,
      groups: ['a'],
    });
    expect(decodeJwt(String(members.id_token))).not.toHaveProperty('email');
    expect(decodeJwt(String(members.access_token)).groups).toHaveLength(200);
  });

  it('answers the first requested acr, and a new sid each time, when nothing else is set', async () => {
    const first = decodeJwt(String((await client.signIn({ acr_values: 'urn:a urn:b' })).members.id_token));
    const second = decodeJwt(String((await client.signIn()).members.id_token));
    expect(first.acr).toBe('urn:a');
    expect(second).not.toHaveProperty('acr');
    expect(second.sid).not.toBe(first.sid);
  });

  it('is nothing at all when access tokens are opaque', async () => {
    as.settings.accessTokenFormat = 'opaque';
    as.settings.accessTokenLifetime = 5;
    const { members } = await client.signIn();
    expect(members).toMatchObject({
      access_token: expect.stringMatching(/^canary-access_token-/),
      expires_in: 5,
    });
    expect(as.isActive(String(members.access_token))).toBe(true);
    as.settings.clockOffset = 5;
    expect(as.isActive(String(members.access_token))).toBe(false);
  });

  it('names the resources asked for as audience, one or several', async () => {
    const { members } = await client.signIn({ resource: 'https://a.example.test' });
    const other = await client.refresh(members.refresh_token, { resource: 'https://b.example.test' });
    expect(decodeJwt(String(members.access_token)).aud).toBe('https://a.example.test');
    expect(decodeJwt(String(other.members.access_token)).aud).toBe('https://b.example.test');
    expect(decodeJwt(String((await client.signIn()).members.access_token)).aud).toBe(
      'https://api.example.test',
    );
  });
});

describe('what is issued', () => {
  it.each([
    ['no refresh token', { refreshTokens: 'none' }, {}, ['id_token']],
    ['one only for offline_access', { offlineAccessOnly: true }, { scope: 'openid' }, ['id_token']],
    ['no ID token without openid', {}, { scope: 'notes:read' }, ['refresh_token']],
  ])('%s', async (_, settings, asked, expected) => {
    Object.assign(as.settings, settings);
    const { members } = await client.signIn(asked);
    expect(['id_token', 'refresh_token'].filter((name) => name in members)).toEqual(expected);
  });

  it('an ID token at refresh, unless that is off', async () => {
    const { members } = await client.signIn();
    const refreshed = await client.refresh(members.refresh_token);
    expect(refreshed.members).toHaveProperty('id_token');
    as.settings.idTokenOnRefresh = false;
    expect((await client.refresh(refreshed.members.refresh_token)).members).not.toHaveProperty('id_token');
  });

  it('no iss parameter when that is off, in the response and in the metadata', async () => {
    as.settings.issParameter = false;
    expect(await as.authorize(client.startSignIn().url)).not.toContain('iss=');
    const metadata: unknown = await (await fetch(`${as.issuer}/.well-known/openid-configuration`)).json();
    expect(metadata).toMatchObject({ authorization_response_iss_parameter_supported: false });
  });
});

it('BFF-CAUTH-02: private_key_jwt, each assertion once', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  as.settings.clientAuthentication = ['private_key_jwt'];
  as.client.jwks = { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256' }] };
  const { clientId } = as.client;
  const assertion = (audience: string) =>
    new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(privateKey);
  const exchange = async (client_assertion: string) => {
    const { url, verifier } = client.startSignIn();
    const code = new URL(await as.authorize(url)).searchParams.get('code') ?? '';
    const response = await fetch(`${as.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion,
      }),
    });
    return response.status;
  };
  const once = await assertion(as.issuer);
  expect(await exchange(once)).toBe(200);
  expect(await exchange(once)).toBe(401);
  expect(await exchange(await assertion('https://other.example'))).toBe(401);
  expect((await client.signIn()).status).toBe(401);
});

it('BFF-TOK-08: over TLS, a client that does not trust the certificate connects and sends nothing', async () => {
  const certificate = await makeCertificate();
  const secure = await startAuthorizationServer({ tls: certificate });
  expect(secure.issuer).toMatch(/^https:/);
  await expect(fetch(`${secure.issuer}/.well-known/openid-configuration`)).rejects.toThrow();
  expect([secure.connections > 0, secure.requests.length]).toEqual([true, 0]);
  expect(await secure.authorize(createPlainClient(secure).startSignIn().url)).toContain('code=');
  await secure.close();
});
