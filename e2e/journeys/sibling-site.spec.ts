import { embed, fetchInAllModes, postForms } from '../fixtures/attacks.ts';
import { apiCalls, call, refusalsOf, sessionOf } from '../fixtures/calls.ts';
import { alice, signIn } from '../fixtures/people.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ stageName: 'subdomain' });

test('BFF-CSRF-05, BFF-CSRF-07: a sibling subdomain sends the ticket along, and still gets nothing', async ({
  page,
  stage,
  attacker,
}) => {
  expect(stage.demo.url).toMatch(/^http:\/\/app\.shop\.localhost:/);
  await signIn(page, alice);
  const before = apiCalls(stage).length;
  const field = { page, attacker, from: attacker.siblingOrigin, target: stage.demo.url };
  // How many need no preflight and have a method that the path knows: they come as far as the guard.
  const guarded = { '/api/notes': 12, '/bff/session': 8, '/bff/logout': 4 };
  for (const [path, arriving] of Object.entries(guarded)) {
    const refusals = await refusalsOf(stage);
    const forms = await postForms(field, path);
    for (const { how, cookie } of forms.attempts) {
      // The same site, so SameSite does not help.
      expect(cookie, how).toContain('__Host-Http-coatcheck=');
    }
    const others = [await embed(field, path), await fetchInAllModes(field, path)];
    for (const { attempts, loot } of [forms, ...others]) {
      for (const { how, status } of attempts) expect(status ?? 403, how).toBeGreaterThanOrEqual(403);
      expect(loot, path).toBe(0);
    }
    expect((await refusalsOf(stage)) - refusals, path).toBeGreaterThanOrEqual(arriving);
  }
  expect(apiCalls(stage).length - before).toBe(0);

  await page.goto('/');
  expect(await sessionOf(page)).toMatchObject({ authenticated: true });
  expect((await call(page, '/api/me')).status).toBe(200);
});

test('BFF-COOK-01, BFF-COOK-06: a sibling subdomain cannot plant a cookie of ours', async ({
  page,
  context,
  stage,
  attacker,
}) => {
  await page.goto(attacker.siblingOrigin + attacker.page('Wait a moment'));
  await page.evaluate(`document.cookie = 'plain=planted; Domain=shop.localhost; Path=/'`);
  for (const prefix of ['__Host-Http-', '__Host-']) {
    const cookie = `${prefix}coatcheck=planted; Secure; Path=/`;
    await page.evaluate(
      `document.cookie = '${cookie}'; document.cookie = '${cookie}; Domain=shop.localhost'`,
    );
  }
  const planted = (await context.cookies(stage.demo.url)).filter(({ value }) => value === 'planted');
  expect(
    planted.map(({ name }) => name),
    'only a cookie without the prefix travels',
  ).toEqual(['plain']);
  await signIn(page, alice);
  expect((await call(page, '/api/me')).status).toBe(200);
});
