import { generateKeyPairSync } from 'node:crypto';
import { forge } from '@coatcheck/testing';
import { CompactEncrypt, importJWK, type JWK } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const pemOf = (key: ReturnType<typeof generateKeyPairSync>['privateKey']) =>
  String(key.export({ type: 'pkcs8', format: 'pem' }));
const rsa = pemOf(generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey);
const p256 = pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const x25519 = pemOf(generateKeyPairSync('x25519').privateKey);

/** What the sign-in page says. */
async function failureOf(rig: Rig): Promise<string> {
  const jar = rig.jar();
  const answer = await rig.finish(jar, await rig.begin(jar));
  expect(jar.cookie(rig.bff.cookies.ticket)).toBeUndefined();
  expect(answer.status).toBeGreaterThanOrEqual(400);
  return answer.text();
}

async function encryptionKeys(rig: Rig): Promise<JWK[]> {
  const answer = await rig.jar().navigate(rig.bff.paths.jwks, { site: 'none' });
  const { keys } = JSON.parse(await answer.text());
  return keys;
}

describe.each([
  ['RSA-OAEP-256', 'A256GCM', rsa],
  ['ECDH-ES', 'A128GCM', p256],
  ['ECDH-ES+A256KW', 'A256CBC-HS512', x25519],
] as const)('%s with %s', (alg, enc, key) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({
      as: {
        idTokenEncryption: { alg, enc },
        userinfoFormat: 'jwt',
        userinfoEncryption: { alg, enc },
        profileInIdToken: false,
      },
      config: { decryptionKeys: [key] },
      provider: {
        config: {
          userInfo: true,
          idTokenEncryption: 'required',
          userInfoEncryption: 'required',
          logout: { hint: 'id_token_hint' },
        },
      },
    });
    rig.as.client.jwksUri = `${rig.bff.url}${rig.bff.paths.jwks}`;
  });
  afterEach(() => rig.reset());
  afterAll(() => rig.close());

  requirement(
    ['BFF-IDT-02', 'BFF-LOGOUT-04'],
    'encrypted ID tokens and userinfo open at sign-in, refresh and sign-out',
    async () => {
      const jar = await rig.signedIn();
      expect(await rig.session(jar)).toMatchObject({ user: { name: 'Alice Example' } });
      await rig.advance(rig.as.settings.accessTokenLifetime + 60);
      expect((await rig.call(jar)).status).toBe(200);
      expect(rig.as.hits('token')).toBe(2);
      const answer = await jar.fetch(rig.bff.paths.logout, { method: 'POST' });
      const { redirectTo } = JSON.parse(await answer.text());
      // The provider is shown what it signed, not what only we can read (OpenID Connect RP-Initiated Logout §2).
      const hint = new URL(redirectTo).searchParams.get('id_token_hint') ?? '';
      expect(hint.split('.')).toHaveLength(3);
      expect(rig.as.issued().some(({ kind, value }) => kind === 'id_token' && value === hint)).toBe(true);
    },
  );
});

describe('what is inside', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({
      as: { idTokenEncryption: { alg: 'RSA-OAEP-256', enc: 'A256GCM' }, userinfoFormat: 'jwt' },
      config: { decryptionKeys: [rsa, p256] },
      provider: {
        config: {
          userInfo: true,
          userInfoSigningAlg: 'RS256',
          idTokenEncryption: 'required',
          contentEncryption: ['A256GCM'],
        },
      },
    });
    rig.as.client.jwksUri = `${rig.bff.url}${rig.bff.paths.jwks}`;
  });
  afterEach(() => {
    rig.reset();
    rig.as.settings.idTokenEncryption = { alg: 'RSA-OAEP-256', enc: 'A256GCM' };
    rig.as.settings.userinfoFormat = 'jwt';
  });
  afterAll(() => rig.close());

  requirement('BFF-IDT-02', 'is verified like a token that is not encrypted', async () => {
    rig.as.change('idToken', 'once', forge.badSignature());
    await failureOf(rig);
    rig.as.change('idToken', 'once', forge.algNone());
    await failureOf(rig);
    rig.as.change('idToken', 'once', forge.claims({ nonce: 'another' }));
    await failureOf(rig);
    await rig.signIn(rig.jar());
  });

  requirement('BFF-IDT-02', 'is verified at a refresh too', async () => {
    const jar = await rig.signedIn();
    rig.as.change('idToken', 'once', forge.badSignature());
    await rig.advance(rig.as.settings.accessTokenLifetime + 60);
    expect((await rig.call(jar)).status).not.toBe(200);
  });

  requirement('BFF-IDT-02', 'must be encrypted, by an allowed algorithm, for a key of ours', async () => {
    delete rig.as.settings.idTokenEncryption;
    await failureOf(rig);
    rig.as.settings.idTokenEncryption = { alg: 'RSA-OAEP-256', enc: 'A128GCM' };
    await failureOf(rig);

    const foreign = generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey;
    const [own] = await encryptionKeys(rig);
    rig.as.settings.idTokenEncryption = { alg: 'RSA-OAEP-256', enc: 'A256GCM' };
    rig.as.change('tokenResponse', 'once', async (members) => {
      const key = await importJWK(foreign.export({ format: 'jwk' }), 'RSA-OAEP-256');
      members.id_token = await new CompactEncrypt(Buffer.from('not for us'))
        .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: own?.kid ?? '' })
        .encrypt(key);
    });
    await failureOf(rig);
    await rig.signIn(rig.jar());
  });

  requirement('BFF-TOK-07', 'a userinfo answer must be signed, and well', async () => {
    rig.as.settings.userinfoFormat = 'json';
    await failureOf(rig);
    rig.as.settings.userinfoFormat = 'jwt';
    rig.as.change('userinfoToken', 'once', forge.foreignKey());
    await failureOf(rig);
    rig.as.change('userinfoToken', 'once', forge.claims({ sub: 'somebody-else' }));
    await failureOf(rig);
    await rig.signIn(rig.jar());
  });

  requirement(
    'BFF-CAUTH-02',
    'the keys to encrypt with are published without their private members',
    async () => {
      const keys = await encryptionKeys(rig);
      expect(keys.map(({ kty, use }) => [kty, use])).toEqual([
        ['RSA', 'enc'],
        ['EC', 'enc'],
      ]);
      for (const key of keys) expect(Object.keys(key)).not.toContain('d');
    },
  );

  requirement('BFF-LOGOUT-06', 'a logout token may be encrypted as well', async () => {
    const jar = await rig.signedIn();
    const { sub } = rig.as.settings.user;
    const token = await rig.as.signLogoutToken({ sub });
    const [jwk] = await encryptionKeys(rig);
    const encrypted = await new CompactEncrypt(Buffer.from(token))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT', kid: jwk?.kid ?? '' })
      .encrypt(await importJWK(jwk ?? {}, 'RSA-OAEP-256'));
    const answer = await fetch(`${rig.bff.url}${rig.bff.paths.backchannelLogout('main')}`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: encrypted }),
    });
    expect(answer.status).toBe(200);
    await expect.poll(async () => (await rig.call(jar)).status, { timeout: 1_000, interval: 20 }).toBe(401);
  });
});
