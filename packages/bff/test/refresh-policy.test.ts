import { describe, expect, it } from 'vitest';
import type { ProviderFailure } from '../src/provider/failure.ts';
import type { TokenSet } from '../src/provider/provider.ts';
import {
  backOff,
  grantAfter,
  leaseLifeFor,
  longestAnswer,
  meaningOf,
  sameIdentity,
  tokenStanding,
} from '../src/refresh/policy.ts';

const token = (receivedAt: number, expiresAt: number) => ({
  value: 't',
  type: 'Bearer',
  scopes: [],
  receivedAt,
  expiresAt,
});

function tokens(change: Partial<TokenSet> = {}): TokenSet {
  return {
    accessToken: 'new',
    tokenType: 'Bearer',
    receivedAt: 1_000,
    expiresAt: 301_000,
    scopes: null,
    refreshToken: null,
    refreshExpiresAt: null,
    idToken: null,
    claims: null,
    ...change,
  };
}

describe('refresh policy', () => {
  it('BFF-REF-02: is due with less than 30 s or 20 % of its life left, whichever is less', () => {
    expect(tokenStanding(token(0, 300_000), 269_000)).toBe('fresh');
    expect(tokenStanding(token(0, 300_000), 271_000)).toBe('due');
    expect(tokenStanding(token(0, 5_000), 3_900)).toBe('fresh');
    expect(tokenStanding(token(0, 5_000), 4_100)).toBe('due');
    expect(tokenStanding(token(0, 5_000), 5_000)).toBe('dead');
    expect(tokenStanding(undefined, 0)).toBe('dead');
  });

  it.each<[string, ProviderFailure, string]>([
    ['invalid_grant', { kind: 'oauth_error', error: 'invalid_grant', detail: '' }, 'refused'],
    ['invalid_client', { kind: 'oauth_error', error: 'invalid_client', detail: '' }, 'unavailable'],
    ['a 5xx', { kind: 'unavailable', answerLost: false, detail: '' }, 'unavailable'],
    ['a refused connection', { kind: 'unavailable', answerLost: false, detail: '' }, 'unavailable'],
    ['a lost answer', { kind: 'unavailable', answerLost: true, detail: '' }, 'answer_lost'],
    ['HTML', { kind: 'invalid_response', detail: '' }, 'unavailable'],
    ['bad metadata', { kind: 'misconfigured', detail: '' }, 'unavailable'],
  ])('BFF-REF-09, -10: reads %s', (_what, failure, meaning) => expect(meaningOf(failure)).toBe(meaning));

  it('BFF-REF-06: keeps the refresh token where the answer has no new one', () => {
    const grant = {
      generation: 3,
      refreshToken: 'old',
      idToken: null,
      scopes: ['a'],
      tokens: { other: token(0, 9) },
    };
    const want = { provider: 'p', resource: 'r', scope: '', by: 'refresh' } as const;
    const next = grantAfter(grant, tokens(), want);
    expect(next).toMatchObject({
      generation: 4,
      refreshToken: 'old',
      tokens: { other: { value: 't' }, r: { value: 'new', scopes: ['a'] } },
    });
    expect(grantAfter(grant, tokens({ refreshToken: 'newer' }), want).refreshToken).toBe('newer');
  });

  it('BFF-REF-15: sees a refreshed ID token about somebody else', () => {
    const record = { issuer: 'https://id.example', subject: 's', authTime: 5 };
    const claims = { iss: 'https://id.example', sub: 's', auth_time: 5 };
    expect(sameIdentity(tokens(), record)).toBe(true);
    expect(sameIdentity(tokens({ claims }), record)).toBe(true);
    expect(sameIdentity(tokens({ claims: { ...claims, sub: 'x' } }), record)).toBe(false);
    expect(sameIdentity(tokens({ claims: { ...claims, iss: 'https://evil.example' } }), record)).toBe(false);
    expect(sameIdentity(tokens({ claims: { ...claims, auth_time: 6 } }), record)).toBe(false);
  });

  it('leaves a failing provider in peace for longer and longer, at most 30 s', () => {
    expect([1, 2, 3, 9].map(backOff)).toEqual([1_000, 2_000, 4_000, 30_000]);
  });
});

it('with DPoP one answer may take two requests, and a lease lasts for that', () => {
  const requestTimeout = 5_000;
  expect(leaseLifeFor(longestAnswer({ requestTimeout, dpop: 'never' }))).toBe(12_000);
  for (const dpop of ['when-offered', 'required'] as const) {
    expect(leaseLifeFor(longestAnswer({ requestTimeout, dpop }))).toBe(22_000);
  }
});
