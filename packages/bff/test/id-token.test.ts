import { describe, expect, it } from 'vitest';
import { idTokenFault } from '../src/provider/id-token.ts';

const now = 1_700_000_000_000;
const expected = { clientId: 'us', maxAge: null, acrValues: [], now, tolerance: 30 };
const claims = {
  iss: 'https://id.example',
  sub: 'alice',
  aud: 'us',
  iat: now / 1_000,
  exp: now / 1_000 + 60,
};

describe('ID token, beyond what openid-client checks', () => {
  it('takes a good one', () => {
    expect(idTokenFault({ alg: 'RS256' }, claims, expected)).toBeNull();
    expect(
      idTokenFault({ alg: 'RS256', typ: 'JWT' }, { ...claims, aud: ['us'], azp: 'us' }, expected),
    ).toBeNull();
  });

  it.each([
    ['BFF-IDT-15: an access token', { typ: 'at+jwt' }, {}],
    ['BFF-IDT-15: a logout token', { typ: 'logout+jwt' }, {}],
    ['BFF-IDT-13: critical extensions', { crit: ['x'] }, {}],
    ['BFF-IDT-08: another audience besides', {}, { aud: ['us', 'them'] }],
    ['BFF-IDT-08: another authorized party', {}, { azp: 'them' }],
    ['BFF-IDT-11: an empty sub', {}, { sub: '' }],
    ['BFF-IDT-11: a number as sub', {}, { sub: 7 }],
    ['BFF-IDT-11: 300 characters of sub', {}, { sub: 'x'.repeat(300) }],
    ['BFF-IDT-09: iat in an hour', {}, { iat: now / 1_000 + 3_600 }],
    ['BFF-IDT-09: no iat', {}, { iat: undefined }],
  ])('refuses %s', (_what, header, change) => {
    expect(idTokenFault({ alg: 'RS256', ...header }, { ...claims, ...change }, expected)?.kind).toBe(
      'invalid',
    );
  });

  it('BFF-IDT-12, advisory 47: wants the strength and the age that were asked for', () => {
    const aged = { ...expected, maxAge: 60 };
    const at = (seconds: number) => ({ ...claims, auth_time: now / 1_000 - seconds });
    expect(idTokenFault({}, at(70), aged)).toBeNull();
    expect(idTokenFault({}, at(600), aged)?.kind).toBe('step_up');
    expect(idTokenFault({}, claims, aged)?.kind).toBe('step_up');
    const strong = { ...expected, acrValues: ['urn:mfa'] };
    expect(idTokenFault({}, { ...claims, acr: 'urn:mfa' }, strong)).toBeNull();
    expect(idTokenFault({}, { ...claims, acr: '0' }, strong)?.kind).toBe('step_up');
    expect(idTokenFault({}, claims, strong)?.kind).toBe('step_up');
  });
});
