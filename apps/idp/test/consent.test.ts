import { expect, test } from 'vitest';
import type { Idp } from '../src/app.ts';
import { Browser, type Page } from './browser.ts';
import {
  authorizationRequest,
  authorizationUrl,
  exchange,
  goThrough,
  redirectUri,
  signIn,
  tokensOf,
} from './relying-party.ts';
import { start } from './start.ts';

async function consentPage(idp: Idp, browser: Browser, login: string, changes = {}): Promise<Page> {
  const page = await browser.open(authorizationUrl(idp, authorizationRequest(idp, changes)));
  return browser.submit(page, { login, password: 'coatcheck', decision: 'sign-in' });
}

test('consent says in words what is asked for, and only what the user can give', async () => {
  const idp = await start();
  const alice = await consentPage(idp, new Browser(), 'alice@example.test');
  expect(alice.body).toContain('Allow Coatcheck demo?');
  expect(alice.body).toContain('Alice Example');
  for (const words of ['Read your notes', 'Create, change and delete notes', 'See your e-mail address']) {
    expect(alice.body).toContain(words);
  }
  expect(alice.body).not.toContain('as an administrator');
  const admin = await consentPage(idp, new Browser(), 'admin@example.test');
  expect(admin.body).toContain('See all users, as an administrator');
});

test.each(['consent', 'sign-in'])(
  'denying at the %s page returns access_denied with state and issuer',
  async (where) => {
    const idp = await start();
    const browser = new Browser();
    const request = authorizationRequest(idp);
    let page = await browser.open(authorizationUrl(idp, request));
    if (where === 'consent') {
      page = await browser.submit(page, {
        login: 'alice@example.test',
        password: 'coatcheck',
        decision: 'sign-in',
      });
    }
    const end = await browser.submit(page, { decision: 'deny' });
    expect(end.url).toContain(redirectUri);
    const response = new URL(end.url).searchParams;
    expect(response.get('error')).toBe('access_denied');
    expect(response.get('state')).toBe(request.params.state);
    expect(response.get('iss')).toBe(idp.issuer);
    expect(response.get('code')).toBeNull();
  },
);

test('a consent without a decision asks again', async () => {
  const idp = await start();
  const browser = new Browser();
  const page = await consentPage(idp, browser, 'alice@example.test');
  const again = await browser.submit(page, {});
  expect(again.status).toBe(422);
  expect(again.body).toContain('value="allow"');
});

test('what was allowed once is not asked again, in another session either; what is new is', async () => {
  const idp = await start();
  await signIn(idp, { scope: 'openid notes:read offline_access' });
  const same = await consentPage(idp, new Browser(), 'alice@example.test', { scope: 'openid notes:read' });
  expect(same.url).toContain(redirectUri);
  const more = await consentPage(idp, new Browser(), 'alice@example.test', {
    scope: 'openid notes:read notes:write',
  });
  expect(more.body).toContain('value="allow"');
  const other = await consentPage(idp, new Browser(), 'admin@example.test', { scope: 'openid notes:read' });
  expect(other.body).toContain('value="allow"');
});

test('prompt=consent asks all the same', async () => {
  const idp = await start();
  const browser = new Browser();
  await signIn(idp, {}, { browser });
  const page = await browser.open(authorizationUrl(idp, authorizationRequest(idp, { prompt: 'consent' })));
  expect(page.body).toContain('value="allow"');
});

test('prompt=none answers without a page once signed in and allowed', async () => {
  const idp = await start();
  const browser = new Browser();
  await signIn(idp, {}, { browser });
  const request = authorizationRequest(idp, { prompt: 'none' });
  const end = await browser.open(authorizationUrl(idp, request));
  const code = new URL(end.url).searchParams.get('code');
  const tokens = tokensOf(await exchange(idp, code, { code_verifier: request.verifier }));
  expect(tokens.refresh_token).toEqual(expect.any(String));
});

test.each([{ prompt: 'login' }, { max_age: '0' }])(
  '%o asks for the password again, with the login filled in',
  async (ask) => {
    const idp = await start();
    const browser = new Browser();
    await signIn(idp, {}, { browser });
    const page = await browser.open(authorizationUrl(idp, authorizationRequest(idp, ask)));
    expect(page.body).toContain('name="password"');
    expect(page.body).toContain('value="alice@example.test"');
  },
);

test('login_hint fills in the form, and ui_locales does no harm', async () => {
  const idp = await start();
  const hints = { login_hint: 'admin@example.test', ui_locales: 'de-CH xx !!' };
  const page = await new Browser().open(authorizationUrl(idp, authorizationRequest(idp, hints)));
  expect(page.body).toContain('value="admin@example.test"');
});

test('signing in as somebody else replaces the session', async () => {
  const idp = await start();
  const browser = new Browser();
  await signIn(idp, {}, { browser });
  const request = authorizationUrl(idp, authorizationRequest(idp, { prompt: 'login' }));
  const end = await goThrough(browser, request, 'admin@example.test');
  expect(end.url).toContain(redirectUri);
  expect(new URL(end.url).searchParams.get('code')).toEqual(expect.any(String));
});
