import { embed, fetchInAllModes, postForms } from '../fixtures/attacks.ts';
import { apiCalls, call, refusalsOf, sessionOf } from '../fixtures/calls.ts';
import { alice, signIn } from '../fixtures/people.ts';
import { expect, test } from '../fixtures/test.ts';

test('BFF-CSRF-05, BFF-LOGOUT-02: forms of a foreign site reach neither the API nor the session', async ({
  page,
  stage,
  attacker,
}) => {
  await signIn(page, alice);
  const before = apiCalls(stage).length;
  const field = { page, attacker, from: attacker.origin, target: stage.demo.url };
  for (const path of ['/api/notes', '/bff/logout']) {
    const { attempts } = await postForms(field, path);
    expect(attempts).toHaveLength(3);
    for (const { how, status, cookie } of attempts) {
      expect(status, how).toBe(403);
      expect(cookie ?? '', `${how}: the ticket stays at home`).not.toContain('__Host-Http-coatcheck=');
    }
  }
  expect(apiCalls(stage).length - before).toBe(0);

  await page.goto('/');
  expect(await sessionOf(page)).toMatchObject({ authenticated: true });
  expect((await call(page, '/api/me')).status).toBe(200);
  expect(apiCalls(stage).length - before, 'a call of our own counts').toBe(1);
});

test('BFF-CSRF-05, BFF-CSRF-07, BFF-LOGIN-08: nothing of the app can be embedded by a foreign site', async ({
  page,
  stage,
  attacker,
}) => {
  await signIn(page, alice);
  const before = apiCalls(stage).length;
  const field = { page, attacker, from: attacker.origin, target: stage.demo.url };
  for (const path of ['/api/me', '/bff/session', '/bff/logout', '/bff/login']) {
    const { attempts, loot } = await embed(field, path);
    expect(attempts.length, path).toBeGreaterThanOrEqual(6);
    for (const { how, status } of attempts) expect(status ?? 403, how).toBeGreaterThanOrEqual(403);
    expect(loot, path).toBe(0);
  }
  expect(apiCalls(stage).length - before).toBe(0);
  await page.goto('/');
  expect(await sessionOf(page)).toMatchObject({ authenticated: true });
});

test('BFF-CSRF-02, BFF-CSRF-06: fetches of a foreign site get no approval and no answer', async ({
  page,
  stage,
  attacker,
}) => {
  await signIn(page, alice);
  const before = apiCalls(stage).length;
  const field = { page, attacker, from: attacker.origin, target: stage.demo.url };
  for (const path of ['/api/notes', '/bff/session']) {
    const refusals = await refusalsOf(stage);
    const { attempts, loot } = await fetchInAllModes(field, path);
    expect((await refusalsOf(stage)) - refusals, 'those without preflight arrived').toBeGreaterThanOrEqual(2);
    expect(attempts.length, path).toBeGreaterThanOrEqual(6);
    for (const { how, status } of attempts) expect(status ?? 403, how).toBeGreaterThanOrEqual(403);
    expect(loot, path).toBe(0);
  }
  expect(apiCalls(stage).length - before).toBe(0);
});

test('BFF-HDR-02: no page can be framed, the errors included', async ({ page, stage, attacker }) => {
  await signIn(page, alice);
  for (const path of [
    '/',
    '/notes',
    '/bff/callback/demo?state=unknown&code=unknown',
    '/bff/logout/callback',
  ]) {
    const bait = attacker.page(`<iframe title="prize" src="${stage.demo.url}${path}"></iframe>`);
    await page.goto(attacker.origin + bait);
    const frameUrl = () => page.mainFrame().childFrames()[0]?.url();
    await expect.poll(frameUrl, path).toBe('chrome-error://chromewebdata/');
    const [frame] = page.mainFrame().childFrames();
    const text: unknown = await frame?.evaluate('document.body.innerText');
    expect(String(text), path).not.toContain(alice.name);
  }
});

test('BFF-COOK-02: a link from a foreign site opens the app, and the API only as somebody unknown', async ({
  page,
  stage,
  attacker,
}) => {
  await signIn(page, alice);
  const before = apiCalls(stage).length;
  const { url } = stage.demo;
  const bait = attacker.page(`<a href="${url}/api/me">API</a> <a href="${url}/notes">App</a>`);
  await page.goto(attacker.origin + bait);
  const answer = page.waitForResponse(`${url}/api/me`);
  await page.getByRole('link', { name: 'API' }).click();
  expect((await answer).status()).toBe(403);
  const { cookie } = await (await answer).request().allHeaders();
  expect(cookie ?? '').not.toContain('__Host-Http-coatcheck=');
  expect(apiCalls(stage).length - before).toBe(0);

  await page.goto(attacker.origin + bait);
  await page.getByRole('link', { name: 'App' }).click();
  await expect(page.getByRole('button', { name: 'New note' }), 'a link from a mail works').toBeVisible();
});
