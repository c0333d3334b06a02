import { startUpstream } from '@coatcheck/testing';
import { startAttacker } from '../fixtures/attacker.ts';
import { countRequests, expect, expectSession, shownSession, test } from '../fixtures/sdk-test.ts';

test.describe('on a page that may call anybody', () => {
  // The BFF's policy lets a page call its own origin only, so the SDK is tested without it.
  test.use({ bypassCSP: true });

  test('BFF-SDK-01: own calls carry the header, those to other origins neither it nor a cookie; no token anywhere', async ({
    signedIn,
    page,
    expectNoTokens,
  }) => {
    const elsewhere = await startUpstream();
    try {
      // Another port of the same host: the cookie would go there if it were asked to.
      const other = elsewhere.url.replace('127.0.0.1', 'localhost');
      await signedIn({ sub: 'alice' }, { returnTo: `/?elsewhere=${encodeURIComponent(`${other}/x`)}` });
      await expectSession(page, { status: 'signed-in' });
      const own = page.waitForRequest('**/api/whoami');
      await page.getByRole('button', { name: 'Call', exact: true }).click();
      await expect(page.getByRole('status')).toHaveText('200');
      const sent = await (await own).allHeaders();
      expect(sent['x-requested-with']).toBe('coatcheck');
      expect(sent.cookie).toContain('coatcheck');

      await page.getByRole('button', { name: 'Call elsewhere' }).click();
      await expect.poll(() => elsewhere.requests.length).toBe(1);
      const [foreign] = elsewhere.requests;
      for (const name of ['x-requested-with', 'coatcheck-background', 'cookie', 'authorization'])
        expect(foreign?.headers, name).not.toHaveProperty(name);

      const names = Object.keys(await shownSession(page));
      expect(names.filter((name) => /token|jwt|bearer/i.test(name))).toEqual(['accessTokenExpiresAt']);
      await expectNoTokens();
    } finally {
      await elsewhere.close();
    }
  });
});

test('BFF-SDK-02: in Strict Mode, where every effect runs twice, there is one session call and one event stream', async ({
  signedIn,
  page,
  expectNoTokens,
}) => {
  await signedIn();
  await expectSession(page, { status: 'signed-in' });
  const reads = countRequests(page, '/bff/session');
  const streams = countRequests(page, '/bff/events');
  await page.reload();
  await expectSession(page, { status: 'signed-in' });
  await expect(page.locator('body'), 'it is strict').toHaveAttribute('data-mounts', '2');
  await expect.poll(streams).toBe(1);
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText('200');
  expect([reads(), streams()]).toEqual([1, 1]);
  await expectNoTokens();
});

test('BFF-SDK-02: a session that is never accepted costs one sign-in, which comes back to the address, then an error', async ({
  page,
  app,
}) => {
  await page.route('**/bff/session', (route) =>
    route.fulfill({ json: { authenticated: false, reason: 'none' } }),
  );
  const logins = countRequests(page, '/bff/login');
  await page.goto(`${app.url}/guarded?a=1&b=%20#part`);
  await expect(page.getByRole('alert')).toHaveText('401 sign_in_not_accepted');
  expect(page.url()).toBe(`${app.url}/guarded?a=1&b=%20#part`);
  expect(logins()).toBe(1);
});

test('BFF-SDK-03: signing out and in again in one tab shows in another within two seconds, without a reload', async ({
  signedIn,
  page,
  context,
  app,
}) => {
  await signedIn({ sub: 'alice' });
  const other = await context.newPage();
  await other.goto(app.url);
  await expectSession(other, { status: 'signed-in' });
  // By the other page's own clock: from hearing of it to showing it.
  await other.evaluate(`
    new BroadcastChannel('coatcheck:/bff').onmessage = ({ data }) => {
      if (data.type === 'signed-out') window.told = performance.now();
    };
    new MutationObserver(() => {
      if (document.body.textContent.includes('"signed-out"')) window.shown ??= performance.now();
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  `);
  const loads = countRequests(other, '/');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expectSession(other, { status: 'signed-out', reason: 'signed-out' });
  await expectSession(page, { status: 'signed-out' });
  expect(Number(await other.evaluate('window.shown - window.told'))).toBeLessThan(2_000);

  await page.getByRole('link', { name: 'Sign in' }).click();
  await expectSession(page, { status: 'signed-in' });
  await expectSession(other, { status: 'signed-in', user: { sub: 'alice' } });
  expect(loads(), 'the other tab was not loaded anew').toBe(0);
});

test('BFF-SDK-03: messages of other origins say nothing about the session', async ({
  signedIn,
  page,
  context,
  app,
}) => {
  await signedIn({ sub: 'alice' });
  await expectSession(page, { status: 'signed-in' });
  const reads = countRequests(page, '/bff/session');
  const attacker = await startAttacker();
  try {
    const path = attacker.page(`<script>
      const names = ['signed-out', 'signed-in', 'changed', 'sign-in-failed', 'event'];
      const frame = document.createElement('iframe');
      const opened = window.open('${app.url}');
      frame.src = '${app.url}';
      document.body.append(frame);
      const channel = new BroadcastChannel('coatcheck:/bff');
      let rounds = 0;
      setInterval(() => {
        for (const type of names) {
          const message = { type, session: 'x', at: Date.now(), event: { type: 'ended', reason: 'revoked' } };
          opened?.postMessage(message, '*');
          frame.contentWindow.postMessage(message, '*');
          channel.postMessage(message);
        }
        document.title = 'round ' + ++rounds;
      }, 50);
    </script>`);
    const evil = await context.newPage();
    await evil.goto(attacker.origin + path);
    await expect.poll(() => evil.title(), { timeout: 20_000 }).toMatch(/round \d{2}/);
  } finally {
    await attacker.close();
  }
  // And from the page itself, as an extension or a frame that passes messages on would.
  await page.evaluate(
    `for (const type of ['signed-out', 'sign-in-failed']) window.postMessage({ type }, '*')`,
  );
  await expectSession(page, { status: 'signed-in', stale: false });
  // Hundreds of messages. The window that was opened, a tab of the app, tells once of the sign-in just made.
  expect(reads()).toBeLessThanOrEqual(1);
});

test('BFF-SDK-03: past its absolute end a session is over on the page, also where nobody can be asked', async ({
  signedIn,
  page,
}) => {
  await page.clock.install();
  await signedIn();
  await expectSession(page, { status: 'signed-in' });
  await page.route('**/bff/**', (route) => route.abort());
  const loads = countRequests(page, '/');
  const { expiresAt } = await shownSession(page);
  await page.clock.setSystemTime(new Date(Date.parse(String(expiresAt)) + 60_000));
  await page.getByRole('button', { name: 'Ask again' }).click();
  await expectSession(page, { status: 'signed-out', reason: 'expired' });
  await expect(page.getByText('Nobody is here')).toBeVisible();
  expect(loads()).toBe(0);
});

test('offline the session stays as it was and says why; back online it is asked for at once', async ({
  signedIn,
  page,
  context,
}) => {
  await signedIn({ sub: 'alice' });
  await expectSession(page, { status: 'signed-in', stale: false });
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Ask again' }).click();
  await expectSession(page, { status: 'signed-in', stale: true, error: { code: 'network_error' } });
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText('no answer');
  await context.setOffline(false);
  await expectSession(page, { status: 'signed-in', stale: false });
  expect(await shownSession(page)).not.toHaveProperty('error');
});

test('a 503 of the BFF is no sign-out: unavailable before the first answer, stale after it, with the seconds to wait', async ({
  signedIn,
  page,
}) => {
  await signedIn({ sub: 'alice' });
  const down = {
    status: 503,
    headers: { 'coatcheck-problem': 'store_unavailable', 'retry-after': '7' },
    contentType: 'application/problem+json',
    body: JSON.stringify({ status: 503, code: 'store_unavailable', detail: 'Sessions cannot be read.' }),
  };
  await page.route(/\/bff\/session|\/api\//, (route) => route.fulfill(down));
  await page.reload();
  await expectSession(page, { status: 'unavailable', error: { code: 'store_unavailable', retryAfter: 7 } });
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText('store_unavailable 7');

  await page.unroute(/\/bff\/session|\/api\//);
  await page.getByRole('button', { name: 'Ask again' }).click();
  await expectSession(page, { status: 'signed-in', user: { sub: 'alice' } });
  await page.route('**/bff/session', (route) => route.fulfill(down));
  await page.getByRole('button', { name: 'Ask again' }).click();
  await expectSession(page, { status: 'signed-in', stale: true, error: { code: 'store_unavailable' } });
});

test('what was typed is hidden, not dropped, when the session ends by itself, and is there after the popup', async ({
  signedIn,
  page,
  revoke,
  expireAccessToken,
}) => {
  await signedIn({ sub: 'alice' }, { accessTokenLifetime: 2 });
  await page.getByLabel('Kept').fill('kept');
  await page.getByLabel('Only here').fill('only here');
  await expireAccessToken();
  revoke('alice');
  await page.getByRole('button', { name: 'Call or wait' }).click();
  await expect(page.getByTestId('waiting')).toHaveText('needed 1');
  await expect(page.getByText('Nobody is here')).toBeVisible();
  await expect(page.getByLabel('Kept')).toBeHidden();

  const loads = countRequests(page, '/');
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await expect(page.getByRole('status')).toHaveText('200');
  await expect(page.getByTestId('waiting')).toHaveText('idle 0');
  await expect(page.getByLabel('Only here')).toHaveValue('only here');
  await expect(page.getByLabel('Kept')).toHaveValue('kept');
  expect(loads()).toBe(0);
});

test('BFF-SDK-02: calls that wait in two tabs go on in both after one sign-in in a popup', async ({
  signedIn,
  page,
  context,
  app,
  revoke,
  expireAccessToken,
}) => {
  await signedIn({ sub: 'alice' }, { accessTokenLifetime: 2 });
  const other = await context.newPage();
  await other.goto(app.url);
  for (const tab of [page, other]) await expectSession(tab, { status: 'signed-in' });
  await expireAccessToken();
  revoke('alice');
  for (const tab of [page, other]) await tab.getByRole('button', { name: 'Call or wait' }).click();
  for (const tab of [page, other]) await expect(tab.getByTestId('waiting')).toHaveText('needed 1');

  const popups = countRequests(page, '/bff/login');
  const opening = context.waitForEvent('page');
  await other.getByRole('button', { name: 'Sign in again' }).click();
  await opening;
  for (const tab of [page, other]) {
    await expect(tab.getByRole('status')).toHaveText('200');
    await expect(tab.getByTestId('waiting')).toHaveText('idle 0');
  }
  expect(popups(), 'the page itself went nowhere').toBe(0);
});

test('what was typed comes back after a sign-in for which the page was left, to the same person only', async ({
  signedIn,
  page,
  idp,
}) => {
  await signedIn({ sub: 'alice' });
  await page.getByLabel('Kept').fill('of Alice');
  await page.getByRole('link', { name: 'Sign in' }).click();
  await expect(page.getByLabel('Kept')).toHaveValue('of Alice');
  await page.getByLabel('Kept').fill('still of Alice');
  idp.signsIn({ sub: 'bob' });
  await page.getByRole('link', { name: 'Sign in' }).click();
  await expectSession(page, { status: 'signed-in', user: { sub: 'bob' } });
  await expect(page.getByLabel('Kept')).toHaveValue('');
});
