import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../src/options/problems.ts';
import { parseOptions } from '../src/options/settings.ts';

const p256 = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const rsa = (modulusLength = 2_048) => generateKeyPairSync('rsa', { modulusLength }).privateKey;
const ed25519 = () => generateKeyPairSync('ed25519').privateKey;
const pem = (key: KeyObject) => String(key.export({ type: 'pkcs8', format: 'pem' }));

/** Options whose one provider has no secret. */
function options(
  clientKeys: unknown,
  provider: Record<string, unknown> = { clientAuthentication: 'private_key_jwt' },
) {
  return {
    publicUrl: 'https://app.example',
    keys: ['X3Vw6mN0pQ2rS4tU6vW8xY0zA1bC3dE5fG7hI9jK-Lk'],
    store: { url: 'memory:' },
    ...(clientKeys === undefined ? {} : { clientKeys }),
    providers: [{ id: 'main', issuer: 'https://id.example', clientId: 'c', ...provider }],
  };
}

function problemsOf(given: unknown): Record<string, string> {
  try {
    parseOptions(given);
    return {};
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map((one) => [one.key, `${one.problem} ${one.fix}`]));
  }
}

describe('client keys', () => {
  it('are read from PEM, from a JWK as text and from a JWK', () => {
    const key = p256();
    const jwk = key.export({ format: 'jwk' });
    const kids = [pem(key), JSON.stringify(jwk, null, 2), jwk].map(
      (written) => parseOptions(options([written])).clientKeys[0]?.kid,
    );
    expect(new Set(kids).size).toBe(1);
  });

  it('have their thumbprint as kid (RFC 7638), unless the JWK says otherwise', async () => {
    const keys = [p256(), rsa(), ed25519()];
    const { clientKeys } = parseOptions(options(keys.map(pem)));
    const expected = await Promise.all(
      keys.map((key) => calculateJwkThumbprint(key.export({ format: 'jwk' }))),
    );
    expect(clientKeys.map(({ kid }) => kid)).toEqual(expected);
    const named = { ...p256().export({ format: 'jwk' }), kid: 'as-registered' };
    expect(parseOptions(options([named])).clientKeys[0]?.kid).toBe('as-registered');
  });

  it('BFF-CAUTH-02: show the public members alone, and an algorithm where there is but one', () => {
    const { clientKeys } = parseOptions(options([pem(p256()), pem(rsa()), pem(ed25519())]));
    expect(clientKeys.map(({ publicJwk }) => Object.keys(publicJwk).sort())).toEqual([
      ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
      ['e', 'kid', 'kty', 'n', 'use'],
      ['crv', 'kid', 'kty', 'use', 'x'],
    ]);
    const pinned = { ...rsa().export({ format: 'jwk' }), alg: 'RS256' };
    expect(parseOptions(options([pinned])).clientKeys[0]).toMatchObject({
      algorithms: ['RS256'],
      publicJwk: { alg: 'RS256', use: 'sig' },
    });
  });

  it.each([
    ['text that is no key', 'geheim'],
    ['a public key', String(createPublicKey(p256()).export({ type: 'spki', format: 'pem' }))],
    ['PEM that is damaged', pem(p256()).replace('MIGH', 'MIGG')],
    ['a JWK without its private member', { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' }],
    ['a key of another curve', pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey)],
    ['an RSA key of 1024 bits', pem(rsa(1_024))],
    ['a symmetric key', { kty: 'oct', k: 'AAAA' }],
    ['a key for encryption', { ...p256().export({ format: 'jwk' }), use: 'enc' }],
    ['an algorithm that does not fit', { ...p256().export({ format: 'jwk' }), alg: 'PS256' }],
  ])('are refused: %s', (_name, written) => {
    const told = problemsOf(options([written]))['clientKeys[0]'] ?? '';
    expect(told).toContain('coatcheck keys generate --client');
    expect(told).not.toContain('geheim');
  });

  it('are refused twice over', () => {
    const key = pem(p256());
    expect(problemsOf(options([key, key]))).toHaveProperty(['clientKeys[1]']);
  });
});

describe('decryption keys', () => {
  const secret = { clientSecret: 's' };
  const withKeys = (
    decryptionKeys: unknown,
    provider: Record<string, unknown> = {},
    clientKeys: unknown = [],
  ) => ({
    ...options(clientKeys, { ...secret, ...provider }),
    ...(decryptionKeys === undefined ? {} : { decryptionKeys }),
  });

  it('decrypt by what their type allows, never by RSA1_5', () => {
    const x25519 = generateKeyPairSync('x25519').privateKey;
    const keys = parseOptions(withKeys([pem(rsa()), pem(p256()), pem(x25519)])).decryptionKeys;
    const agreements = ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A256KW'];
    expect(keys.map(({ algorithms }) => algorithms)).toEqual([
      ['RSA-OAEP-256', 'RSA-OAEP'],
      agreements,
      agreements,
    ]);
    expect(keys.map(({ publicJwk }) => publicJwk.use)).toEqual(['enc', 'enc', 'enc']);
    const weak = { ...rsa().export({ format: 'jwk' }), alg: 'RSA1_5' };
    expect(problemsOf(withKeys([weak]))).toHaveProperty(['decryptionKeys[0]']);
  });

  it('do not sign too', () => {
    const key = pem(p256());
    expect(problemsOf(withKeys([key], {}, [key]))).toHaveProperty('decryptionKeys');
  });

  it.each([
    ['encryption without a key', undefined, { idTokenEncryption: 'required' }, 'idTokenEncryption'],
    ['algorithms without a key', undefined, { contentEncryption: ['A256GCM'] }, 'contentEncryption'],
    ['a signature of what is not asked', undefined, { userInfoSigningAlg: 'RS256' }, 'userInfoSigningAlg'],
    [
      'an unsigned signature',
      undefined,
      { userInfo: true, userInfoSigningAlg: 'none' },
      'userInfoSigningAlg',
    ],
    ['a content encryption that is none', [], { contentEncryption: ['A1'] }, 'contentEncryption[0]'],
  ])('are asked for by: %s', (_what, keys, provider, member) => {
    expect(Object.keys(problemsOf(withKeys(keys, provider)))).toContain(`providers[0].${member}`);
  });
});

describe('client authentication', () => {
  const long = 'a secret of more than 32 bytes in all';
  it.each([
    ['client_secret_basic', { clientSecret: 's' }],
    ['client_secret_basic', { clientAuthentication: 'client_secret_basic', clientSecret: 's' }],
    ['client_secret_post', { clientAuthentication: 'client_secret_post', clientSecret: 's' }],
    ['client_secret_jwt', { clientAuthentication: 'client_secret_jwt', clientSecret: long }],
    ['none', { clientAuthentication: 'none', insecurePublicClient: true }],
  ])('is %s', (method, provider) => {
    expect(parseOptions(options(undefined, provider)).providers[0]?.clientAuthentication).toBe(method);
  });

  it.each([
    ['a secret that is missing', {}, 'clientSecret'],
    ['a secret without use', { clientAuthentication: 'private_key_jwt', clientSecret: 's' }, 'clientSecret'],
    [
      'a secret too short to sign with',
      { clientAuthentication: 'client_secret_jwt', clientSecret: 's' },
      'clientSecret',
    ],
    ['private_key_jwt without a key', { clientAuthentication: 'private_key_jwt' }, 'clientAuthentication'],
    ['mTLS without a certificate', { clientAuthentication: 'tls_client_auth' }, 'clientCertificate'],
    [
      'a certificate that is none',
      {
        clientAuthentication: 'self_signed_tls_client_auth',
        clientCertificate: { cert: 'geheim', key: 'geheim' },
      },
      'clientCertificate',
    ],
    ['signed requests without a key', { clientSecret: 's', signedRequests: 'always' }, 'signedRequests'],
    ['a public client that nobody allowed', { clientAuthentication: 'none' }, 'clientAuthentication'],
    [
      'a public client allowed in vain',
      { clientSecret: 's', insecurePublicClient: true },
      'insecurePublicClient',
    ],
  ])('refuses %s', (_name, provider, member) => {
    const problems = problemsOf(options(undefined, provider));
    expect(Object.keys(problems)).toContain(`providers[0].${member}`);
    expect(JSON.stringify(problems)).not.toContain('geheim');
  });
});
