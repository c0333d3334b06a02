import { cookieHeader, replay } from '../fixtures/calls.ts';
import { alice, consentIfAsked, enterPassword, signedInAs, signIn } from '../fixtures/people.ts';
import { expect, test } from '../fixtures/test.ts';

test('BFF-LOGIN-06: a deep link survives sign-in with its query and its fragment', async ({
  page,
  stage,
}) => {
  const deepLink = '/notes?from=mail&q=a%20b&q=%C3%BC&empty=#part-2';
  await page.goto(deepLink);
  await expect(page).toHaveURL((url) => url.origin === stage.demo.idpUrl);
  await enterPassword(page, alice);
  await consentIfAsked(page, alice);
  expect(page.url()).toBe(`${stage.demo.url}${deepLink}`);
  const seenByProvider = JSON.stringify(stage.provider.exchanges);
  expect(seenByProvider, 'the provider never learns where somebody wants to go').not.toContain('from=mail');
});

test('BFF-CB-11, BFF-COOK-03: sign-in lands by a redirect, signed in on the first load, code and state gone', async ({
  page,
  stage,
}) => {
  const documents: string[] = [];
  page.on('request', (request) => {
    if (request.isNavigationRequest() && request.url().startsWith(stage.demo.url))
      documents.push(request.url());
  });
  const callback = page.waitForResponse((response) => response.url().includes('/bff/callback/demo'));
  await signIn(page, alice, '/profile');

  const answer = await callback;
  expect(answer.status()).toBe(303);
  expect(answer.headers()['content-length'] ?? '0').toBe('0');
  const afterCallback = documents.slice(documents.findIndex((url) => url.includes('/bff/callback')) + 1);
  expect(afterCallback, 'one page load, no reload').toEqual([`${stage.demo.url}/profile`]);

  const session = await page.context().newCDPSession(page);
  const { entries } = await session.send('Page.getNavigationHistory');
  for (const url of [page.url(), ...entries.map((entry) => entry.url)]) {
    expect(url).not.toMatch(/[?&](code|state)=/);
  }
});

test('BFF-LEAK-04: no Referer carries code or state, and an outbound link tells nothing', async ({
  page,
  stage,
  attacker,
}) => {
  const requests: { url: string; referer: string | undefined }[] = [];
  page.on('request', async (request) => {
    const entry: (typeof requests)[number] = { url: request.url(), referer: undefined };
    requests.push(entry);
    entry.referer = (await request.allHeaders()).referer;
  });
  await signIn(page, alice, '/notes?private=yes');
  await expect(page.getByRole('heading', { name: 'Notes', exact: true })).toBeVisible();

  const fromCallback = requests.slice(requests.findIndex(({ url }) => url.includes('/bff/callback')));
  expect(fromCallback.length).toBeGreaterThan(2);
  for (const { url, referer } of fromCallback) {
    expect(new URL(url).origin).toBe(stage.demo.url);
    expect(referer ?? '').not.toMatch(/code=|state=/);
  }

  const out = attacker.page('elsewhere');
  await page.evaluate(`location.assign('${attacker.origin}${out}')`);
  await expect(page).toHaveURL(`${attacker.origin}${out}`);
  const hit = attacker.hits.find(({ target }) => target === out);
  expect(hit?.headers.referer ?? '', 'at most the origin').not.toContain('private');
});

test('BFF-SESS-07: two tabs sign in at the same time, and one session remains', async ({
  page,
  context,
  stage,
}) => {
  const other = await context.newPage();
  await page.goto('/notes?tab=one');
  await other.goto('/profile?tab=two');
  await expect(page.getByLabel('Password')).toBeVisible();
  await expect(other.getByLabel('Password')).toBeVisible();

  await enterPassword(other, alice);
  await consentIfAsked(other, alice);
  const first = await cookieHeader(page, stage);
  await enterPassword(page, alice);
  await consentIfAsked(page, alice);

  expect(page.url()).toContain('/notes?tab=one');
  expect(other.url()).toContain('/profile?tab=two');
  await other.reload();
  await expect(signedInAs(other, alice)).toBeVisible();
  await expect(other.getByRole('heading', { name: 'Your session' })).toBeVisible();
  await page.getByRole('button', { name: 'New note' }).click();
  await expect(page.getByRole('form', { name: 'New note' })).toBeVisible();
  const replayed = await replay(stage, first, '/api/me');
  expect(replayed.status).toBe(401);
  expect(JSON.parse(replayed.body)).toMatchObject({ code: 'session_required', reason: 'replaced' });
});

test('the way back from the provider is no trap: the page says why it is empty and offers to try again', async ({
  page,
}) => {
  await page.goto('/notes?from=mail');
  await expect(page.getByLabel('Password')).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'You are back, but there is no session' })).toBeVisible();
  await page.getByRole('link', { name: 'Try again' }).click();
  await enterPassword(page, alice);
  await consentIfAsked(page, alice);
  await expect(page).toHaveURL('/notes?from=mail');
});
