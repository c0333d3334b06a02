import { createPublicKey, verify } from 'node:crypto';
import { compactVerify, createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuthorizationServer,
  authorizationError,
  forge,
  makeJunkKeys,
  startAuthorizationServer,
  withMembers,
} from '../src/index.ts';
import { createPlainClient } from './plain-client.ts';

let as: AuthorizationServer;
let client: ReturnType<typeof createPlainClient>;
beforeAll(async () => {
  as = await startAuthorizationServer({ algorithms: ['ES256', 'PS256', 'EdDSA'] });
  client = createPlainClient(as);
});
afterEach(() => as.reset());
afterAll(() => as.close());

const idToken = async () => String((await client.signIn()).members.id_token);

describe('properly signed', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA', 'ES384', 'RS512'] as const)('with %s', async (alg) => {
    as.change('idToken', 'once', forge.alg(alg));
    const token = await idToken();
    expect(decodeProtectedHeader(token).alg).toBe(alg);
    await expect(client.verifyIdToken(token)).resolves.toBeDefined();
  });
});

describe('badly signed', () => {
  it.each([
    ['a flipped bit', forge.badSignature()],
    ['a foreign key', forge.foreignKey()],
    ['alg none', forge.algNone()],
    ['alg nOnE', forge.algNone('nOnE')],
    ['HS256 with the public key as PEM', forge.hs256('public-key-pem')],
    ['HS256 with the public key as JWK', forge.hs256('public-key-jwk')],
    ['HS256 with the client secret', forge.hs256('client-secret')],
    ['an unknown crit', forge.header({ crit: ['x-unknown'], 'x-unknown': 1 })],
    ['another alg in the header', forge.header({ alg: 'ES256' })],
  ])('%s', async (_, forgery) => {
    as.change('idToken', 'once', forgery);
    const token = await idToken();
    await expect(client.verifyIdToken(token)).rejects.toThrow();
    await expect(client.verifyIdToken(await idToken())).resolves.toBeDefined();
  });

  it('HS256 is what it says: right for whoever takes the secret as a key', async () => {
    as.change('idToken', 'once', forge.hs256('client-secret'));
    const secret = new TextEncoder().encode(as.client.clientSecret);
    await expect(jwtVerify(await idToken(), secret)).resolves.toBeDefined();
  });

  it('a key that the header itself offers verifies it', async () => {
    as.change('idToken', 'once', forge.advertisedKey(as.keys, 'ES256'));
    const token = await idToken();
    const { jwk } = decodeProtectedHeader(token);
    const [header, claims, signature] = token.split('.');
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    const bytes = Buffer.from(signature ?? '', 'base64url');
    const input = Buffer.from(`${header}.${claims}`);
    expect(verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, bytes)).toBe(true);
    await expect(client.verifyIdToken(token)).rejects.toThrow();
    as.change('idToken', 'once', forge.advertisedKey(as.keys, 'ES256', { jku: 'http://127.0.0.2/keys' }));
    expect(decodeProtectedHeader(await idToken())).toMatchObject({ jku: 'http://127.0.0.2/keys' });
  });
});

describe('changed claims', () => {
  it('are set, deleted and strangely typed', async () => {
    as.change(
      'idToken',
      'once',
      forge.all(
        forge.claims({ aud: ['a', 'b'], nonce: undefined, exp: '17' }),
        forge.header({ kid: undefined, typ: 'at+jwt' }),
      ),
    );
    const token = await idToken();
    expect(decodeJwt(token)).toMatchObject({ aud: ['a', 'b'], exp: '17' });
    expect(decodeJwt(token)).not.toHaveProperty('nonce');
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', typ: 'at+jwt' });
  });

  it('or the whole token is another string', async () => {
    as.change('idToken', 'once', () => 'only.two');
    expect(await idToken()).toBe('only.two');
  });

  it('are text that is no JSON object, properly signed (BFF-IDT-16)', async () => {
    for (const payload of ['not json', '[1]', '{"sub":"a","sub":"b"}']) {
      as.change('idToken', 'once', forge.payload(payload));
      const token = await idToken();
      expect(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).toBe(payload);
      const jwks = createRemoteJWKSet(new URL(`${as.issuer}/jwks`));
      expect(Buffer.from((await compactVerify(token, jwks)).payload).toString()).toBe(payload);
    }
  });

  it('only at a refresh, where the occasion says so (BFF-REF-15)', async () => {
    as.change('idToken', 'always', (draft, { grantType }) => {
      if (grantType === 'refresh_token') draft.claims.sub = 'somebody-else';
    });
    const { members } = await client.signIn();
    expect(decodeJwt(String(members.id_token)).sub).toBe('alice-0001');
    const refreshed = await client.refresh(members.refresh_token);
    expect(decodeJwt(String(refreshed.members.id_token)).sub).toBe('somebody-else');
  });
});

describe('keys', () => {
  it('rotate, with the old one published or withdrawn', async () => {
    const before = await idToken();
    await as.keys.rotate('RS256');
    await expect(client.verifyIdToken(before)).resolves.toBeDefined();
    const between = await idToken();
    await as.keys.rotate('RS256', { withdraw: true });
    await expect(client.verifyIdToken(between)).rejects.toThrow();
    await expect(client.verifyIdToken(await idToken())).resolves.toBeDefined();
  });

  it('may be listed without kid, and amid junk (BFF-KEY-04)', async () => {
    const junk = await makeJunkKeys();
    as.change('jwks', 'always', ({ keys }) => {
      for (const key of keys) delete key.kid;
      keys.unshift(...junk.map(({ jwk }) => ({ ...jwk })));
    });
    const text = await (await fetch(`${as.issuer}/jwks`)).text();
    for (const { jwk } of junk) expect(text).toContain(JSON.stringify(jwk));
    for (const { kid } of as.keys.all()) expect(text).not.toContain(kid);
    const encryption = junk.find(({ why }) => why === 'for encryption');
    if (!encryption?.privateKey) throw new Error('the junk keys lack the encryption key');
    as.change('idToken', 'once', forge.signedBy(encryption.privateKey, 'RS256', 'junk-enc'));
    await expect(client.verifyIdToken(await idToken())).rejects.toThrow();
  });
});

describe('other answers', () => {
  it('token responses, UserInfo and metadata change by member', async () => {
    as.change(
      'tokenResponse',
      'once',
      withMembers({ token_type: 'bEaReR', expires_in: '28800', id_token: undefined }),
    );
    const { members } = await client.signIn();
    expect(members).toMatchObject({ token_type: 'bEaReR', expires_in: '28800' });
    expect(members).not.toHaveProperty('id_token');
    as.change('userinfo', 'once', withMembers({ sub: 'mallory' }));
    const userinfo = await fetch(`${as.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${members.access_token}` },
    });
    expect(await userinfo.json()).toMatchObject({ sub: 'mallory' });
    as.change('metadata', 'once', withMembers({ issuer: `${as.issuer}/`, end_session_endpoint: undefined }));
    const metadata: unknown = await (await fetch(`${as.issuer}/.well-known/openid-configuration`)).json();
    expect(metadata).toMatchObject({ issuer: `${as.issuer}/` });
    expect(metadata).not.toHaveProperty('end_session_endpoint');
  });

  it('authorization responses lose, change and repeat parameters', async () => {
    as.change('authorizationResponse', 'once', (params) => {
      params.delete('iss');
      params.set('state', 'other');
      params.append('state', 'twice');
      params.set('session_state', 'x');
    });
    const { searchParams } = new URL(await as.authorize(client.startSignIn().url));
    expect([searchParams.has('iss'), searchParams.getAll('state')]).toEqual([false, ['other', 'twice']]);
  });

  it('or are errors', async () => {
    as.change(
      'authorizationResponse',
      'once',
      authorizationError('access_denied', { error_description: '<b>' }),
    );
    const { searchParams } = new URL(await as.authorize(client.startSignIn().url));
    expect([searchParams.get('error'), searchParams.get('error_description')]).toEqual([
      'access_denied',
      '<b>',
    ]);
    expect(searchParams.has('code')).toBe(false);
  });
});

describe('tokens outside any flow', () => {
  it('access tokens for resource servers, also forged and expired', async () => {
    const good = await as.issueAccessToken({ sub: 'x', scopes: ['notes:read'], audience: 'urn:api' });
    expect(decodeJwt(good)).toMatchObject({ sub: 'x', scope: 'notes:read', aud: 'urn:api', iss: as.issuer });
    expect(decodeProtectedHeader(good).typ).toBe('at+jwt');
    const expired = await as.issueAccessToken({ lifetime: -60 }, forge.claims({ jti: undefined }));
    expect(decodeJwt(expired).exp).toBeLessThan(Date.now() / 1000);
    expect(decodeJwt(expired)).not.toHaveProperty('jti');
    expect(as.canaries().map(({ value }) => value)).toContain(expired);
  });

  it('logout tokens, right and wrong', async () => {
    const token = await as.signLogoutToken({ sid: 's' });
    expect(decodeProtectedHeader(token).typ).toBe('logout+jwt');
    const { payload } = await client.verifyIdToken(await as.sign({ ...decodeJwt(token), sub: 'x' }));
    expect(payload.events).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} });
    expect(
      decodeJwt(await as.signLogoutToken({ sub: 'x' }, forge.claims({ nonce: 'n', events: undefined }))),
    ).toMatchObject({ nonce: 'n' });
  });
});
