import { describe, expect, test } from 'vitest';
import { parseChallenges, refusesToken, tokenChallenges } from '../../src/proxy/challenges.ts';

describe('BFF-PROXY-14 only challenges about access tokens reach the browser', () => {
  test.each([
    ['Basic realm="api"', null],
    ['basic', null],
    ['Digest realm="a", nonce="b", qop="auth"', null],
    ['Negotiate', null],
    ['Negotiate dG9rZW4=', null],
    ['NTLM', null],
    ['Bearer', 'Bearer'],
    ['Bearer realm="api", error="invalid_token"', 'Bearer realm="api", error="invalid_token"'],
    ['bearer error=insufficient_scope,scope="a b"', 'bearer error=insufficient_scope, scope="a b"'],
    ['DPoP algs="ES256", error="use_dpop_nonce"', 'DPoP algs="ES256", error="use_dpop_nonce"'],
    ['Basic realm="a, Bearer b", Bearer realm="c"', 'Bearer realm="c"'],
    ['Bearer realm="c", Basic realm="d"', 'Bearer realm="c"'],
    ['Bearer realm="a", Negotiate, DPoP algs="ES256"', 'Bearer realm="a", DPoP algs="ES256"'],
    ['Bearer realm="a \\" , Basic b"', 'Bearer realm="a \\" , Basic b"'],
    ['Bearer realm="open, Basic x', null],
    ['realm="nobody"', null],
    ['realm="nobody", Bearer realm="c"', null],
    ['Bearer realm="x", "', null],
    ['', null],
    [', ,', null],
  ])('%s', (value, passes) => {
    expect(tokenChallenges(value)).toBe(passes);
  });

  test('parameters are read with their quoting', () => {
    const [challenge] = parseChallenges('Bearer Realm = "a\\"b,c" , error=invalid_token') ?? [];
    expect(challenge?.scheme).toBe('bearer');
    expect([...(challenge?.params ?? [])]).toEqual([
      ['realm', 'a"b,c'],
      ['error', 'invalid_token'],
    ]);
  });
});

describe('an upstream that refuses the token', () => {
  test.each([
    [['WWW-Authenticate', 'Bearer error="invalid_token"'], true],
    [['www-authenticate', 'DPoP realm="x", error="invalid_token"'], true],
    [['WWW-Authenticate', 'Basic realm="x"', 'WWW-Authenticate', 'bearer error=invalid_token'], true],
    [['WWW-Authenticate', 'Basic realm="x", Bearer error="invalid_token"'], true],
    [['WWW-Authenticate', 'Bearer'], false],
    [['WWW-Authenticate', 'Bearer error="insufficient_scope"'], false],
    [['WWW-Authenticate', 'Basic error="invalid_token"'], false],
    [['WWW-Authenticate', 'Bearer realm="error=\\"invalid_token\\""'], false],
    [['X-Other', 'Bearer error="invalid_token"'], false],
    [[], false],
  ])('%j: %s', (rawHeaders, refused) => {
    expect(refusesToken(rawHeaders)).toBe(refused);
  });
});

test('a hostile challenge is read in no time', () => {
  const start = performance.now();
  tokenChallenges(`Bearer realm="${'\\"'.repeat(7_000)}`);
  tokenChallenges(`Bearer ${'a '.repeat(7_000)}`);
  tokenChallenges(`Bearer a${' '.repeat(14_000)}x`);
  tokenChallenges('a,'.repeat(7_000));
  expect(performance.now() - start).toBeLessThan(500);
});
