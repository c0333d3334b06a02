import type { BrowserContext, Page } from '@playwright/test';
import { refreshesIn, signInsIn } from '../fixtures/credentials.ts';
import { alice, enterPassword, signIn } from '../fixtures/people.ts';
import { expect, test } from '../fixtures/test.ts';

/**
 * The weak app has its tokens in the browser, as is its point, so the standing proof does not fit here. What it shows
 * is held instead: nothing that the BFF received ever reaches the attacker.
 */
async function openLab(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await signIn(page, alice, `${url}/learn/lab`);
  await expect(page.getByRole('heading', { name: 'Attack lab' })).toBeVisible();
  return page;
}

function side(page: Page, scenario: string, app: string) {
  return page.getByRole('region', { name: `${scenario}: ${app}` });
}

/** Runs an attack on the weak app, which signs in first where it must. */
async function attackWeakApp(page: Page, scenario: string): Promise<void> {
  const opened = page.waitForEvent('popup');
  await side(page, scenario, 'tokens in localStorage').getByRole('link').click();
  const weak = await opened;
  const allow = weak.getByRole('button', { name: 'Allow' });
  const done = weak.getByText('You can close this tab.');
  await expect(allow.or(done).or(weak.getByLabel('Password'))).toBeVisible();
  if (await weak.getByLabel('Password').isVisible()) await enterPassword(weak, alice);
  await expect(allow.or(done)).toBeVisible();
  if (await allow.isVisible()) await allow.click();
  await expect(done).toBeVisible();
  await weak.close();
}

test('the attacker receives the tokens of the localStorage app, and nothing of the app behind Coatcheck', async ({
  browser,
  stage,
}) => {
  test.setTimeout(120_000);
  const context = await browser.newContext();
  const sent: string[] = [];
  context.on('request', (request) => {
    if (new URL(request.url()).hostname !== 'attacker.localhost') return;
    sent.push(`${decodeURIComponent(request.url())} ${request.postData() ?? ''}`);
  });
  const page = await openLab(context, stage.demo.url);
  const weakSide = 'tokens in localStorage';
  const strongSide = 'behind Coatcheck';

  await test.step('one look', async () => {
    await attackWeakApp(page, 'One look');
    const weak = side(page, 'One look', weakSide);
    await expect(weak).toContainText('Stolen: access token');
    await expect(weak).toContainText('Stolen: refresh token');
    await expect(weak).toContainText('200, as Alice Example');
  });
  await test.step('the script stays', async () => {
    await attackWeakApp(page, 'The script stays');
    const stolen = side(page, 'The script stays', weakSide).getByText('Stolen: refresh token');
    await expect(stolen).toHaveCount(3);
  });
  await test.step('hidden frame', async () => {
    await attackWeakApp(page, 'New tokens through a hidden frame');
    const weak = side(page, 'New tokens through a hidden frame', weakSide);
    await expect(weak).toContainText('Stolen: refresh token');
  });
  await test.step('through the victim’s browser', async () => {
    await attackWeakApp(page, 'Through the victim’s browser');
    await expect(side(page, 'Through the victim’s browser', weakSide)).toContainText('alice@example.test');
  });
  await test.step('after the victim is gone', async () => {
    await attackWeakApp(page, 'After you are gone');
    const weak = side(page, 'After you are gone', weakSide);
    await weak.getByRole('button', { name: 'Be the attacker, later' }).click();
    await expect(weak).toContainText('The victim is gone, and the provider gave new tokens');
  });

  const fromWeakApp = sent.length;
  for (const scenario of [
    'One look',
    'The script stays',
    'New tokens through a hidden frame',
    'Through the victim’s browser',
    'After you are gone',
  ]) {
    await test.step(`${scenario}, behind Coatcheck`, async () => {
      const strong = side(page, scenario, strongSide);
      await strong.getByRole('button', { name: 'Run the attack here' }).click();
      await expect(strong).toContainText('blocked by the Content-Security-Policy');
      await expect(strong.getByRole('list', { name: 'What the attacker’s server has' })).toBeVisible();
      await expect(strong).not.toContainText('Stolen');
    });
  }
  const frame = side(page, 'New tokens through a hidden frame', strongSide);
  await expect(frame).toContainText('The frame was blocked by the policy');
  await expect(frame).toContainText('401 invalid_client');
  await expect(side(page, 'Through the victim’s browser', strongSide)).toContainText('alice@example.test');
  const gone = side(page, 'After you are gone', strongSide);
  await gone.getByRole('button', { name: 'Be the attacker, later' }).click();
  await expect(gone).toContainText('There is nothing to use');

  await test.step('from another site', async () => {
    const forged = context.waitForEvent('response', (answer) => answer.url().endsWith('/api/notes'));
    await side(page, 'From another site', strongSide).getByRole('button').click();
    expect((await forged).status()).toBe(403);
  });

  const isWeak = ({ requestBody }: { requestBody: string }) => requestBody.includes('client_id=lab-storage');
  const exchanges = stage.provider.exchanges;
  const answers = [...signInsIn(exchanges), ...refreshesIn(exchanges)];
  const tokensOf = (of: typeof answers) =>
    of.flatMap(({ responseBody }) => responseBody.match(/(?<="(?:access|refresh|id)_token":")[^"]+/g) ?? []);
  const [weakTokens, ours] = [
    tokensOf(answers.filter(isWeak)),
    tokensOf(answers.filter((one) => !isWeak(one))),
  ];
  const everything = sent.join('\n');
  expect(weakTokens.filter((token) => everything.includes(token)).length).toBeGreaterThan(5);
  expect(ours.length).toBeGreaterThanOrEqual(3);
  expect(ours.filter((token) => everything.includes(token))).toEqual([]);
  expect(sent.length).toBeGreaterThan(fromWeakApp);
  expect(sent.slice(fromWeakApp).join('\n'), 'from the app behind Coatcheck').not.toMatch(
    /eyJ[\w-]+\.[\w-]+\./,
  );
  const shown = await page.content();
  expect(
    weakTokens.filter((token) => shown.includes(token)),
    'the lab shows no token whole',
  ).toEqual([]);
  await context.close();
});
