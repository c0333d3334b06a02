import { createHash, createPublicKey, verify } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { asksForNonce } from '../../src/proxy/challenges.ts';
import { createProofs, keyOf } from '../../src/proxy/dpop/proofs.ts';
import { joseSignature } from '../../src/proxy/dpop/signature.ts';
import { newDpopKey, readDpopKey, writeDpopKey } from '../../src/session/dpop-key.ts';
import type { AccessToken } from '../../src/session/record.ts';
import type { Session } from '../../src/session/session.ts';

const now = 1_800_000_000_500;
const origin = 'https://api.example';

const tokenOf = (value: string): AccessToken => ({
  value,
  type: 'DPoP',
  scopes: [],
  receivedAt: 0,
  expiresAt: now + 300_000,
});

function rig() {
  let ids = 0;
  const proofs = createProofs(
    () => now,
    (bytes) => {
      ids += 1;
      return String(ids).padStart(bytes * 2, '0');
    },
  );
  const key = newDpopKey();
  const make = (path = '/notes', at = origin) =>
    proofs.make({ key, origin: at }, 'GET', path, tokenOf('token'));
  return { proofs, key, make };
}

async function claimsOf(proof: string): Promise<Record<string, unknown>> {
  return (await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt', algorithms: ['ES256'] })).payload;
}

describe('a proof', () => {
  it('says what RFC 9449 §4.2 wants, in what the key in it signed (BFF-ADV-04)', async () => {
    const { make, key } = rig();
    const proof = make('/a%20b/c?x=1?y');
    expect(await claimsOf(proof)).toEqual({
      jti: '1'.padStart(32, '0'),
      htm: 'GET',
      htu: 'https://api.example/a%20b/c',
      iat: 1_800_000_000,
      ath: createHash('sha256').update('token').digest('base64url'),
    });
    const { kty, crv, x, y } = key;
    const { protectedHeader } = await jwtVerify(proof, EmbeddedJWK);
    expect(protectedHeader).toEqual({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } });
    expect(await calculateJwkThumbprint(protectedHeader.jwk ?? {})).toBe(
      await calculateJwkThumbprint({ kty, crv, x, y }),
    );
  });

  it('is for one method', async () => {
    const { proofs, key } = rig();
    for (const method of ['POST', 'DELETE'])
      expect((await claimsOf(proofs.make({ key, origin }, method, '/', tokenOf('t')))).htm).toBe(method);
  });

  it('names the token that it goes with, whichever came before', async () => {
    const { proofs, key } = rig();
    const tokens = ['a', 'b'].map(tokenOf);
    const athOf = async (token: AccessToken) =>
      (await claimsOf(proofs.make({ key, origin }, 'GET', '/', token))).ath;
    for (const token of [...tokens, ...tokens, tokenOf('a')])
      expect(await athOf(token)).toBe(createHash('sha256').update(token.value).digest('base64url'));
  });

  it('is good whatever numbers the signature is made of', () => {
    const { make, key } = rig();
    const publicKey = createPublicKey({ key, format: 'jwk' });
    for (let i = 0; i < 2_000; i += 1) {
      const [header = '', payload = '', signature = ''] = make().split('.');
      const bytes = Buffer.from(signature, 'base64url');
      expect(bytes).toHaveLength(64);
      const data = Buffer.from(`${header}.${payload}`);
      expect(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes)).toBe(true);
    }
  });

  it('pads short numbers and drops the sign of long ones', () => {
    const long = [0, ...Array.from({ length: 32 }, () => 0xff)];
    const der = Uint8Array.from([0x30, 2 + 1 + 2 + 33, 0x02, 1, 7, 0x02, 33, ...long]);
    expect([...joseSignature(der)]).toEqual([...Array.from({ length: 31 }, () => 0), 7, ...long.slice(1)]);
  });
});

describe('nonces', () => {
  it('are kept by key and origin, the newest of each (BFF-ADV-05)', async () => {
    const { proofs, key, make } = rig();
    const other = { key: newDpopKey(), origin };
    const learn = (nonce: string, at = origin) =>
      proofs.heed({ key, origin: at }, 200, ['DPoP-Nonce', nonce]);
    expect([learn('one'), learn('two'), learn('elsewhere', 'https://other.example')]).toEqual([
      false,
      false,
      false,
    ]);
    expect((await claimsOf(make())).nonce).toBe('two');
    expect((await claimsOf(make('/', 'https://other.example'))).nonce).toBe('elsewhere');
    expect((await claimsOf(proofs.make(other, 'GET', '/', tokenOf('t')))).nonce).toBeUndefined();
  });

  it('that cannot be one are not taken', async () => {
    const { proofs, key, make } = rig();
    for (const fields of [
      ['dpop-nonce', 'a b'],
      ['dpop-nonce', 'a"b'],
      ['dpop-nonce', 'x'.repeat(513)],
      ['dpop-nonce', 'one', 'DPoP-Nonce', 'two'],
      ['dpop-nonce', ''],
    ]) {
      const challenge = ['www-authenticate', 'DPoP error="use_dpop_nonce"'];
      expect(proofs.heed({ key, origin }, 401, [...fields, ...challenge])).toBe(false);
    }
    expect((await claimsOf(make())).nonce).toBeUndefined();
  });

  it('are not asked for by who refuses for another reason', () => {
    const { proofs, key } = rig();
    for (const challenge of ['DPoP error="invalid_token"', 'Bearer error="use_dpop_nonce"', 'DPoP'])
      expect(proofs.heed({ key, origin }, 401, ['dpop-nonce', 'n', 'www-authenticate', challenge])).toBe(
        false,
      );
  });

  it('are asked for by a 401 alone', () => {
    const { proofs, key } = rig();
    const fields = ['dpop-nonce', 'n', 'WWW-Authenticate', 'DPoP error="use_dpop_nonce"'];
    expect([401, 400, 200].map((status) => proofs.heed({ key, origin }, status, fields))).toEqual([
      true,
      false,
      false,
    ]);
  });
});

it('a challenge for a nonce is read in any case and among others, and nothing else is one', () => {
  const yes = [
    'DPoP error="use_dpop_nonce"',
    'dpop error=use_dpop_nonce',
    'Bearer, DPOP a=b, error="use_dpop_nonce"',
  ];
  const no = [
    'Bearer error="use_dpop_nonce"',
    'DPoP error="invalid_token"',
    'DPoP',
    'DPoP error="use_dpop_nonce',
  ];
  expect(yes.map((value) => asksForNonce(['WWW-Authenticate', value]))).toEqual([true, true, true]);
  expect(no.map((value) => asksForNonce(['www-authenticate', value]))).toEqual([false, false, false, false]);
});

it('a key is told by what it was written as, and by nothing else', () => {
  const key = newDpopKey();
  expect(readDpopKey(writeDpopKey(key))).toEqual(key);
  expect(newDpopKey().d).not.toBe(key.d);
  for (const text of ['', 'a.b.c', `${writeDpopKey(key)}.x`, writeDpopKey(key).slice(1)]) {
    expect(readDpopKey(text)).toBeNull();
  }
});

it('a bearer token has no key, and neither has a session without one', () => {
  const token = { value: 't', scopes: [], receivedAt: 0, expiresAt: 1 };
  expect(keyOf({ ...token, type: 'Bearer' }, undefined, 'main')).toBeUndefined();
  expect(keyOf({ ...token, type: 'DPoP' }, undefined, 'main')).toBeUndefined();
  expect(keyOf(undefined, undefined, 'main')).toBeUndefined();
  const dpopKey = newDpopKey();
  const session = { record: { grants: { main: { dpopKey } } } } as unknown as Session;
  expect(keyOf({ ...token, type: 'Bearer' }, session, 'main')).toBeUndefined();
  expect(keyOf({ ...token, type: 'DPoP' }, session, 'other')).toBeUndefined();
  expect(keyOf({ ...token, type: 'DPoP' }, session, 'main')).toBe(dpopKey);
});
