import { afterEach, describe, expect, test, vi } from 'vitest';
import { Browser } from './browser.ts';
import { send } from './http.ts';
import {
  asClient,
  authorizationRequest,
  authorizationUrl,
  authorize,
  errorOf,
  exchange,
  redirectUri,
  refresh,
  signIn,
  tokensOf,
} from './relying-party.ts';
import { start } from './start.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('BFF-OP-02: the redirect URI is matched exactly', () => {
  const nearMisses = [
    `${redirectUri}/`,
    `${redirectUri}?x=1`,
    `${redirectUri}#x`,
    `${redirectUri}/../demo`,
    `${redirectUri}%2f`,
    redirectUri.replace('demo', 'Demo'),
    redirectUri.replace('http:', 'https:'),
    redirectUri.replace(':3000', ''),
    redirectUri.replace(':3000', ':3001'),
    redirectUri.replace('localhost', 'localhost.'),
    redirectUri.replace('localhost', 'LOCALHOST'),
    redirectUri.replace('localhost', '127.0.0.1'),
    redirectUri.replace('localhost', 'user@localhost'),
    redirectUri.replace('localhost:3000', 'localhost:3000@evil.example'),
    redirectUri.replace('localhost', 'evil.localhost'),
    ` ${redirectUri}`,
    '//localhost:3000/bff/callback/demo',
    '/bff/callback/demo',
    'http://localhost:3000/',
    'javascript:alert(1)',
  ];
  test.each(nearMisses)('%s is refused on a page, without a redirect', async (near) => {
    const idp = await start();
    const answer = await send(authorizationUrl(idp, authorizationRequest(idp, { redirect_uri: near })));
    expect(answer.status).toBe(400);
    expect(answer.headers.location).toBeUndefined();
    expect(answer.body).toContain('invalid_redirect_uri');
  });

  test('a request without one, and one with two, are refused on a page', async () => {
    const idp = await start();
    const without = await send(authorizationUrl(idp, authorizationRequest(idp, { redirect_uri: undefined })));
    const url = `${authorizationUrl(idp, authorizationRequest(idp))}&redirect_uri=http%3A%2F%2Fevil.example`;
    for (const answer of [without, await send(url)]) {
      expect(answer.status).toBe(400);
      expect(answer.headers.location).toBeUndefined();
    }
  });

  test('a pushed request with another one is refused', async () => {
    const idp = await start();
    const { params } = authorizationRequest(idp, { redirect_uri: `${redirectUri}/x` });
    expect((await asClient(idp, '/request', { ...params })).status).toBe(400);
  });
});

describe('BFF-OP-02: the code', () => {
  test('is single-use: a second use fails and ends the tokens of the first', async () => {
    const idp = await start();
    const request = authorizationRequest(idp);
    const code = (await authorize(idp, request)).get('code');
    const first = tokensOf(await exchange(idp, code, { code_verifier: request.verifier }));
    expect(errorOf(await exchange(idp, code, { code_verifier: request.verifier }))).toBe('invalid_grant');
    expect(errorOf(await refresh(idp, first.refresh_token))).toBe('invalid_grant');
  });

  test('ends the opaque access token of the first use too', async () => {
    const idp = await start();
    const request = authorizationRequest(idp, { scope: 'openid profile', resource: undefined });
    const code = (await authorize(idp, request)).get('code');
    const first = tokensOf(await exchange(idp, code, { code_verifier: request.verifier }));
    const userinfo = () =>
      send(`${idp.issuer}/me`, { headers: { authorization: `Bearer ${first.access_token}` } });
    expect((await userinfo()).status).toBe(200);
    await exchange(idp, code, { code_verifier: request.verifier });
    expect((await userinfo()).status).toBe(401);
  });

  test('used twice at the same moment leaves nothing usable', async () => {
    const idp = await start();
    const request = authorizationRequest(idp);
    const code = (await authorize(idp, request)).get('code');
    const twice = [1, 2].map(() => exchange(idp, code, { code_verifier: request.verifier }));
    const answers = await Promise.all(twice);
    const successes = answers.filter(({ status }) => status === 200);
    expect(successes.length).toBeLessThanOrEqual(1);
    for (const success of successes) {
      expect(errorOf(await refresh(idp, tokensOf(success).refresh_token))).toBe('invalid_grant');
    }
  });

  test('lives at most 60 seconds', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const idp = await start();
    const request = authorizationRequest(idp);
    const code = (await authorize(idp, request)).get('code');
    vi.setSystemTime(Date.now() + 60_000);
    expect(errorOf(await exchange(idp, code, { code_verifier: request.verifier }))).toBe('invalid_grant');
  });

  test('is bound to its client and its redirect URI', async () => {
    const other = {
      client_id: 'other',
      client_secret: 'another-secret-of-enough-length-000',
      redirect_uris: [redirectUri],
      response_types: ['code' as const],
    };
    const idp = await start({ moreClients: [other], moreRedirectUris: [`${redirectUri}/2`] });
    const request = authorizationRequest(idp);
    const code = (await authorize(idp, request)).get('code');
    const asOther = { ...idp, clientId: other.client_id, clientSecret: other.client_secret };
    expect(errorOf(await exchange(asOther, code, { code_verifier: request.verifier }))).toBe('invalid_grant');
    const elsewhere = { code_verifier: request.verifier, redirect_uri: `${redirectUri}/2` };
    expect(errorOf(await exchange(idp, code, elsewhere))).toBe('invalid_grant');
    expect((await exchange(idp, code, { code_verifier: request.verifier })).status).toBe(200);
  });
});

describe('BFF-OP-02: PKCE', () => {
  test('a missing or wrong verifier is refused', async () => {
    const idp = await start();
    const request = authorizationRequest(idp);
    const code = (await authorize(idp, request)).get('code');
    expect(errorOf(await exchange(idp, code))).toBe('invalid_grant');
    const wrong = 'x'.repeat(43);
    expect(errorOf(await exchange(idp, code, { code_verifier: wrong }))).toBe('invalid_grant');
    const challenge = request.params.code_challenge ?? '';
    expect(errorOf(await exchange(idp, code, { code_verifier: challenge }))).toBe('invalid_grant');
  });

  test.each([
    ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }],
    ['plain', { code_challenge_method: 'plain' }],
    ['a challenge without method, which would mean plain', { code_challenge_method: undefined }],
  ])('%s is refused at the authorization endpoint and at PAR', async (_name, changes) => {
    const idp = await start();
    const request = authorizationRequest(idp, changes);
    const end = await new Browser().open(authorizationUrl(idp, request));
    const response = new URL(end.url).searchParams;
    expect(response.get('error')).toBe('invalid_request');
    expect(response.get('code')).toBeNull();
    const pushed = await asClient(idp, '/request', { ...request.params });
    expect(errorOf(pushed)).toBe('invalid_request');
  });

  test('two authorizations in one session both end well, in any order', async () => {
    const idp = await start();
    const browser = new Browser();
    await signIn(idp, {}, { browser });
    const [one, two] = [authorizationRequest(idp), authorizationRequest(idp)];
    const codes = [(await authorize(idp, one, { browser })).get('code')];
    codes.push((await authorize(idp, two, { browser })).get('code'));
    const second = await exchange(idp, codes[1] ?? '', { code_verifier: two.verifier });
    const first = await exchange(idp, codes[0] ?? '', { code_verifier: one.verifier });
    expect([second.status, first.status]).toEqual([200, 200]);
    await asClient(idp, '/token/revocation', { token: tokensOf(first).refresh_token });
    expect((await refresh(idp, tokensOf(second).refresh_token)).status).toBe(200);
  });

  test('two authorizations in one session both end well without offline_access too', async () => {
    const idp = await start();
    const browser = new Browser();
    const requests = [1, 2].map(() => authorizationRequest(idp, { scope: 'openid notes:read' }));
    const codes: (string | null)[] = [];
    for (const request of requests) codes.push((await authorize(idp, request, { browser })).get('code'));
    for (const [index, { verifier }] of requests.entries()) {
      expect((await exchange(idp, codes[index] ?? '', { code_verifier: verifier })).status).toBe(200);
    }
  });
});
