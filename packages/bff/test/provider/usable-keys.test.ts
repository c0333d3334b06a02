import { makeJunkKeys, makeSigningKey } from '@coatcheck/testing';
import { expect, test } from 'vitest';
import { usableKeys } from '../../src/provider/usable-keys.ts';

test('BFF-KEY-04: keys that cannot verify a signature are passed over, the others stay in their order', async () => {
  const junk = await makeJunkKeys();
  const made = await Promise.all(
    (['RS256', 'ES384', 'PS512', 'EdDSA'] as const).map((alg) => makeSigningKey(alg)),
  );
  const good = made.map(({ publicJwk }) => publicJwk);
  const [rsa] = good;
  const plain = { ...rsa, alg: undefined, use: undefined, kid: undefined };
  const verifying = { ...plain, key_ops: ['verify'] };
  const bad = [
    ...junk.map(({ jwk }) => jwk),
    { ...rsa, key_ops: ['encrypt'] },
    { ...rsa, d: 'AQAB' },
    { ...rsa, n: '*' },
    { ...rsa, kid: 7 },
    { ...rsa, alg: 'none' },
    { ...rsa, alg: 'HS256' },
    { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
    null,
    'key',
    [],
    {},
  ];
  for (const { why, jwk } of junk) expect(usableKeys({ keys: [jwk] }), why).toEqual([]);
  expect(usableKeys({ keys: [...bad, ...good, plain, verifying] })).toEqual([...good, plain, verifying]);
});

test('BFF-IDP-04: of thousands of keys only the first are looked at', async () => {
  const { publicJwk } = await makeSigningKey('ES256');
  const others = Array.from({ length: 20_000 }, () => ({ kty: 'oct' }));
  expect(usableKeys({ keys: [publicJwk, ...others] })).toHaveLength(1);
  expect(usableKeys({ keys: [...others, publicJwk] })).toEqual([]);
});

test('what is no key set is told from one without keys', () => {
  expect(usableKeys({ keys: [] })).toEqual([]);
  for (const other of [null, 'keys', [], {}, { keys: {} }, { keys: 'none' }])
    expect(usableKeys(other)).toBeNull();
});
