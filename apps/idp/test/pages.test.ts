import { describe, expect, test } from 'vitest';
import type { Idp } from '../src/app.ts';
import { Browser, formOf, type Page } from './browser.ts';
import { send } from './http.ts';
import { authorizationRequest, authorizationUrl, authorize, goThrough } from './relying-party.ts';
import { start } from './start.ts';

const password = { login: 'alice@example.test', password: 'coatcheck', decision: 'sign-in' };

async function signInPage(idp: Idp, browser = new Browser(), changes = {}): Promise<Page> {
  return browser.open(authorizationUrl(idp, authorizationRequest(idp, changes)));
}

async function consentPage(idp: Idp, browser: Browser): Promise<Page> {
  return browser.submit(await signInPage(idp, browser), password);
}

describe('BFF-OP-04: the issuer', () => {
  test('is the same in the metadata and in the authorization response, also in an error (RFC 9207)', async () => {
    const idp = await start();
    const metadata = JSON.parse((await send(`${idp.issuer}/.well-known/openid-configuration`)).body);
    expect(metadata).toMatchObject({
      issuer: idp.issuer,
      authorization_response_iss_parameter_supported: true,
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
      pushed_authorization_request_endpoint: `${idp.issuer}/request`,
      backchannel_logout_session_supported: true,
    });
    expect(metadata.scopes_supported).toEqual(
      'openid profile email offline_access notes:read notes:write admin'.split(' '),
    );
    expect((await authorize(idp, authorizationRequest(idp))).get('iss')).toBe(metadata.issuer);
    const refused = await signInPage(idp, new Browser(), { prompt: 'none' });
    expect(new URL(refused.url).searchParams.get('error')).toBe('login_required');
    expect(new URL(refused.url).searchParams.get('iss')).toBe(metadata.issuer);
  });
});

describe('BFF-OP-04: pages resist framing', () => {
  test('sign-in, consent, sign-out and error pages may not be framed, run no script and are not stored', async () => {
    const idp = await start();
    const browser = new Browser();
    const pages = [await signInPage(idp, browser)];
    pages.push(await consentPage(idp, browser));
    pages.push(await browser.open(`${idp.issuer}/session/end`));
    pages.push(await browser.open(`${idp.issuer}/auth?client_id=nobody`));
    pages.push(await browser.open(`${idp.issuer}/nothing-here`));
    for (const { headers, body } of pages) {
      const policy = headers['content-security-policy'];
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("form-action 'self' http://localhost:3000;");
      expect(policy).not.toContain('unsafe');
      expect(headers).toMatchObject({
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'cache-control': 'no-store',
      });
      expect(body).not.toContain('<script');
    }
  });
});

describe('BFF-OP-04: forms resist forgery', () => {
  const forgeries: [string, Record<string, string>][] = [
    ['another site', { origin: 'http://127.0.0.2:8080', 'sec-fetch-site': 'cross-site' }],
    ['another port, which is the same site', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
    ['a navigation that the browser calls cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['a page that hides its origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    [
      'an origin that only looks alike',
      { origin: 'http://127.0.0.1.evil.example', 'sec-fetch-site': 'same-origin' },
    ],
  ];
  test.each(forgeries)('a consent posted from %s gets 403 and grants nothing', async (_name, headers) => {
    const idp = await start();
    const browser = new Browser();
    const page = await consentPage(idp, browser);
    expect((await browser.submit(page, { decision: 'allow' }, headers)).status).toBe(403);
    const resumed = await browser.open(page.url);
    expect(resumed.body).toContain('value="allow"');
  });

  test.each(['', 'wrong'])('a consent with the token "%s" gets 403', async (token) => {
    const idp = await start();
    const browser = new Browser();
    const page = await consentPage(idp, browser);
    expect((await browser.submit(page, { decision: 'allow', token })).status).toBe(403);
  });

  test('a consent with the token of another interaction gets 403', async () => {
    const idp = await start();
    const theirs = await consentPage(idp, new Browser());
    const browser = new Browser();
    const page = await consentPage(idp, browser);
    const { token = '' } = formOf(theirs).hidden;
    expect((await browser.submit(page, { decision: 'allow', token })).status).toBe(403);
  });

  test('a form of an interaction that belongs to another browser is not taken', async () => {
    const idp = await start();
    const page = await consentPage(idp, new Browser());
    expect((await new Browser().submit(page, { decision: 'allow' })).status).toBe(400);
  });

  test('a forged sign-in and a forged sign-out get 403', async () => {
    const idp = await start();
    const browser = new Browser();
    const headers = { origin: 'http://127.0.0.2', 'sec-fetch-site': 'cross-site' };
    expect((await browser.submit(await signInPage(idp, browser), password, headers)).status).toBe(403);
    await goThrough(browser, authorizationUrl(idp, authorizationRequest(idp)));
    const signOut = await browser.open(`${idp.issuer}/session/end`);
    expect((await browser.submit(signOut, { logout: 'yes' }, headers)).status).toBe(403);
    expect((await browser.submit(signOut, { logout: 'yes', xsrf: 'x' })).status).toBe(400);
    const silent = await browser.open(authorizationUrl(idp, authorizationRequest(idp, { prompt: 'none' })));
    expect(new URL(silent.url).searchParams.has('code')).toBe(true);
  });

  test('a request for another host name, as DNS rebinding makes it, gets nothing', async () => {
    const idp = await start();
    const port = new URL(idp.issuer).port;
    for (const host of ['evil.example', `evil.example:${port}`, `localhost:${port}`, '127.0.0.1']) {
      const answer = await send(authorizationUrl(idp, authorizationRequest(idp)), { headers: { host } });
      expect(answer.status).toBe(421);
      expect(answer.headers.location).toBeUndefined();
    }
  });
});

describe('the sign-in form', () => {
  test('says that login or password is wrong, and keeps the form and the login', async () => {
    const idp = await start();
    const browser = new Browser();
    const page = await signInPage(idp, browser);
    for (const wrong of [
      { ...password, password: 'typed-by-mistake' },
      { ...password, login: 'nobody@example.test' },
    ]) {
      const again = await browser.submit(page, wrong);
      expect(again.status).toBe(401);
      expect(again.body).toContain('role="alert"');
      expect(again.body).toContain('E-mail address or password is wrong.');
      expect(again.body).toContain(`value="${wrong.login}"`);
      expect(again.body).not.toContain('typed-by-mistake');
    }
    const right = await browser.submit(page, { ...password, login: ' Alice@Example.test ' });
    expect(right.body).toContain('value="allow"');
  });

  test('asks for what is missing', async () => {
    const idp = await start();
    const browser = new Browser();
    const page = await signInPage(idp, browser);
    expect((await browser.submit(page, { login: '', password: '', decision: 'sign-in' })).status).toBe(422);
  });

  test('takes the login hint as text, never as markup', async () => {
    const idp = await start();
    const page = await signInPage(idp, new Browser(), { login_hint: '"><script>alert(1)</script>' });
    expect(page.body).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
    expect(page.body).not.toContain('<script');
  });

  test('refuses other content types, large bodies and other methods', async () => {
    const idp = await start();
    const browser = new Browser();
    const page = await signInPage(idp, browser);
    const json = { 'content-type': 'application/json' };
    expect((await browser.open(page.url, { method: 'POST', headers: json, body: '{}' })).status).toBe(415);
    const large = new URLSearchParams({ login: 'a'.repeat(9_000) });
    expect((await browser.open(page.url, { method: 'POST', body: large })).status).toBe(413);
    expect((await browser.open(page.url, { method: 'DELETE' })).status).toBe(405);
    expect((await browser.submit(page, password)).body).toContain('value="allow"');
  });

  test('of an unknown or ended interaction shows that it has ended', async () => {
    const idp = await start();
    const answer = await send(`${idp.issuer}/interaction/unknown`);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('This sign-in has ended');
  });
});

test('an error page shows what a request brought as text, never as markup', async () => {
  const idp = await start();
  const request = authorizationRequest(idp, {
    client_id: '<img src=x onerror=alert(1)>',
    redirect_uri: '<b>x</b>',
  });
  const answer = await send(authorizationUrl(idp, request), { headers: { accept: 'text/html' } });
  expect(answer.status).toBe(400);
  expect(answer.body).not.toContain('<img');
  expect(answer.body).not.toContain('<b>');
});
