import { afterEach, describe, expect, test, vi } from 'vitest';
import { Browser } from './browser.ts';
import { errorOf, refresh, signIn, tokensOf } from './relying-party.ts';
import { start } from './start.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('BFF-OP-03: refresh tokens', () => {
  test('rotate at each use', async () => {
    const idp = await start();
    const first = await signIn(idp);
    const second = tokensOf(await refresh(idp, first.refresh_token));
    const third = tokensOf(await refresh(idp, second.refresh_token));
    expect(new Set([first, second, third].map((tokens) => tokens.refresh_token)).size).toBe(3);
  });

  test('used twice end the family: the newest one stops working', async () => {
    const idp = await start();
    const first = await signIn(idp);
    const second = tokensOf(await refresh(idp, first.refresh_token));
    const newest = tokensOf(await refresh(idp, second.refresh_token));
    expect(errorOf(await refresh(idp, first.refresh_token))).toBe('invalid_grant');
    expect(errorOf(await refresh(idp, newest.refresh_token))).toBe('invalid_grant');
  });

  test('used twice at the same moment leave nothing usable', async () => {
    const idp = await start();
    const { refresh_token } = await signIn(idp);
    const answers = await Promise.all([1, 2, 3].map(() => refresh(idp, refresh_token)));
    const successes = answers.filter(({ status }) => status === 200);
    expect(successes.length).toBeLessThanOrEqual(1);
    for (const success of successes) {
      expect(errorOf(await refresh(idp, tokensOf(success).refresh_token))).toBe('invalid_grant');
    }
  });

  test('used twice end their own family only, not that of a second sign-in in the same session', async () => {
    const idp = await start();
    const browser = new Browser();
    const one = await signIn(idp, {}, { browser });
    const other = await signIn(idp, {}, { browser });
    await refresh(idp, one.refresh_token);
    expect(errorOf(await refresh(idp, one.refresh_token))).toBe('invalid_grant');
    expect((await refresh(idp, other.refresh_token)).status).toBe(200);
  });

  test('end at an absolute time that rotation does not move', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const idp = await start({ lifetimes: { accessToken: 10, refreshToken: 100 } });
    const begun = Date.now();
    let tokens = await signIn(idp);
    for (const seconds of [40, 80, 98]) {
      vi.setSystemTime(begun + seconds * 1000);
      tokens = tokensOf(await refresh(idp, tokens.refresh_token));
    }
    vi.setSystemTime(begun + 102_000);
    expect(errorOf(await refresh(idp, tokens.refresh_token))).toBe('invalid_grant');
  });

  test('are bound to their client', async () => {
    const other = {
      client_id: 'other',
      client_secret: 'another-secret-of-enough-length-000',
      redirect_uris: ['http://localhost:3000/other'],
      grant_types: ['authorization_code', 'refresh_token'],
    };
    const idp = await start({ moreClients: [other] });
    const { refresh_token } = await signIn(idp);
    const asOther = { ...idp, clientId: other.client_id, clientSecret: other.client_secret };
    expect(errorOf(await refresh(asOther, refresh_token))).toBe('invalid_grant');
  });
});
