import { AxeBuilder } from '@axe-core/playwright';
import type { Request } from '@playwright/test';
import { refreshesIn, signInsIn } from '../fixtures/credentials.ts';
import { attackWeakApp, cell, openLab, openLog, recordLoot } from '../fixtures/lab.ts';
import { looks, putOn } from '../fixtures/looks.ts';
import { expect, test } from '../fixtures/test.ts';

// The weak apps have their tokens in the browser, as is their point, so the standing proof does not fit here: these
// tests bring a browser of their own, and hold that nothing the BFF received ever reaches the attacker.
test('BFF-LEAK-01, BFF-LEAK-02: of the apps that keep their tokens in the page the attacker receives them, of this one nothing', async ({
  browser,
  stage,
}) => {
  test.setTimeout(240_000);
  const context = await browser.newContext();
  const sent = recordLoot(context);
  const page = await context.newPage();
  await openLab(page, stage.demo.url);

  for (const app of ['storage', 'memory'] as const) {
    for (const attack of ['single', 'proxy', 'persistent', 'frame', 'logout'] as const) {
      await test.step(`${attack}, ${app}`, async () => {
        await attackWeakApp(page, attack, app);
        const verdict = attack === 'proxy' ? 'Works: your data left' : 'Stolen';
        await expect(cell(page, attack, app).getByRole('status')).toHaveText(verdict);
      });
    }
    await openLog(page, 'single', app);
    await expect(cell(page, 'single', app)).toContainText('200, as Alice Example');
    await expect(cell(page, 'single', app)).toContainText(/can call the API for \d+ s/);
    await openLog(page, 'persistent', app);
    await expect(cell(page, 'persistent', app).getByText('Renewed by the app')).toHaveCount(2);
    await openLog(page, 'logout', app);
    await cell(page, 'logout', app).getByRole('button', { name: 'Be the attacker, later' }).click();
    await expect(cell(page, 'logout', app)).toContainText(
      'You were gone, and the provider gave new tokens for the stolen one.',
    );
  }

  const fromWeakApps = sent.length;
  for (const attack of ['single', 'proxy', 'persistent', 'frame', 'logout'] as const) {
    await test.step(`${attack}, behind Coatcheck`, async () => {
      const window = page.waitForEvent('popup');
      await cell(page, attack, 'coatcheck').getByRole('button').click();
      await window;
      const verdict = attack === 'proxy' ? 'Works: your data left' : 'Nothing to steal';
      await expect(cell(page, attack, 'coatcheck').getByRole('status')).toHaveText(verdict);
      await openLog(page, attack, 'coatcheck');
      await expect(cell(page, attack, 'coatcheck')).toContainText(
        'A fetch to the attacker’s server was blocked',
      );
    });
  }
  await expect(cell(page, 'proxy', 'coatcheck')).toContainText('alice@example.test');
  await expect(cell(page, 'frame', 'coatcheck')).toContainText('The hidden frame was blocked');
  await expect(cell(page, 'frame', 'coatcheck')).toContainText('401 invalid_client');
  await cell(page, 'logout', 'coatcheck').getByRole('button', { name: 'Be the attacker, later' }).click();
  await expect(cell(page, 'logout', 'coatcheck')).toContainText('Nothing to use');

  const isWeak = ({ requestBody }: { requestBody: string }) => requestBody.includes('client_id=lab-storage');
  const { exchanges } = stage.provider;
  const answers = [...signInsIn(exchanges), ...refreshesIn(exchanges)];
  const tokensOf = (of: typeof answers) =>
    of.flatMap(({ responseBody }) => responseBody.match(/(?<="(?:access|refresh|id)_token":")[^"]+/g) ?? []);
  const weak = tokensOf(answers.filter(isWeak));
  const ours = tokensOf(answers.filter((one) => !isWeak(one)));
  const everything = sent.join('\n');
  expect(weak.filter((token) => everything.includes(token)).length).toBeGreaterThan(10);
  expect(ours.length).toBeGreaterThanOrEqual(3);
  expect(ours.filter((token) => everything.includes(token))).toEqual([]);
  expect(sent.length, 'the window got through').toBeGreaterThanOrEqual(fromWeakApps + 5);
  expect(sent.slice(fromWeakApps).join('\n'), 'from the app behind Coatcheck').not.toMatch(
    /eyJ[\w-]+\.[\w-]+\./,
  );
  const shown = await page.content();
  expect(
    weak.filter((token) => shown.includes(token)),
    'the lab shows no token whole',
  ).toEqual([]);

  await test.step('with all that is in it the page is as accessible as empty', async () => {
    for (const look of looks) {
      await putOn(page, look);
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
      expect
        .soft(
          violations.map(({ id, nodes }) => [id, nodes[0]?.html]),
          look.name,
        )
        .toEqual([]);
      const overflow: unknown = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect.soft(Number(overflow), `${look.name}: scrolls sideways`).toBeLessThanOrEqual(0);
    }
  });
  await context.close();
});

test('BFF-CSRF-05: a page of another site writes no note, whichever app it tries', async ({
  browser,
  stage,
}) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await openLab(page, stage.demo.url);
  for (const [app, status] of [
    ['storage', 401],
    ['memory', 401],
    ['coatcheck', 403],
  ] as const) {
    await test.step(app, async () => {
      const opened = page.waitForEvent('popup');
      await cell(page, 'csrf', app).getByRole('button').click();
      const forged = await (await opened).waitForEvent('response', (answer) =>
        isTopLevelPost(answer.request()),
      );
      expect(forged.status()).toBe(status);
      await expect(cell(page, 'csrf', app).getByRole('status')).toHaveText('Refused: nothing was written');
    });
  }
  await page.getByRole('button', { name: 'Empty the attacker’s server' }).click();
  await expect(page.getByText('Not run yet')).toHaveCount(18);
  await context.close();
});

test('BFF-HDR-02, BFF-CSRF-05: the lab’s page has the policy of every other page, and its log is for no other site', async ({
  browser,
  stage,
}) => {
  const context = await browser.newContext({ baseURL: stage.demo.url });
  const policies = await Promise.all(
    ['/', '/notes', '/learn/lab'].map(async (path) => {
      const answer = await context.request.get(path);
      return answer.headers()['content-security-policy'];
    }),
  );
  expect(policies[2]).toMatch(
    /default-src 'none'; script-src 'self'.*connect-src 'self'.*frame-ancestors 'none'/,
  );
  expect(new Set(policies).size).toBe(1);
  const foreign = await context.request.get('/lab/received', { headers: { 'sec-fetch-site': 'cross-site' } });
  expect(foreign.status(), 'the attacker’s log, for another site').toBe(403);
  await context.close();
});

function isTopLevelPost(request: Request): boolean {
  return request.method() === 'POST' && request.isNavigationRequest() && !request.frame().parentFrame();
}
