import type { BrowserContext, Page, Request } from '@playwright/test';
import { sessionOf } from '../fixtures/calls.ts';
import { alice, enterPassword, signedInAs, signIn } from '../fixtures/people.ts';
import { expect, test } from '../fixtures/test.ts';

const signedOutAtProvider = 'You signed out at the provider, so you are signed out here too';
const endedFromElsewhere = 'Your session was ended from elsewhere';

test('BFF-SDK-03: ten tabs hold one stream between them, and all learn of a sign-out at the provider within a second', async ({
  context,
  page,
  stage,
}) => {
  const streams = watchStreams(context);
  await signIn(page, alice);
  const tabs = [page, ...(await openTabs(context, 9))];
  await expect.poll(() => streams.open().length).toBe(1);
  expect(streams.asked(), 'and never held more').toBeLessThanOrEqual(2);

  const provider = await context.newPage();
  await provider.goto(`${stage.demo.idpUrl}/session/end`);
  const seen = tabs.map((tab) => timeOf(tab, signedOutAtProvider));
  const told = provider.waitForResponse((response) => response.url().includes('/session/end/confirm'));
  await provider.getByRole('button', { name: 'Sign out', exact: true }).click();
  await told;
  const end = Date.now();
  const delays = (await Promise.all(seen)).map((time) => time - end);
  test.info().annotations.push({ type: 'delays', description: delays.join(' ms, ') });
  expect(Math.max(...delays)).toBeLessThan(1_000);
  for (const tab of tabs) await expect(tab.getByText(alice.name)).toHaveCount(0);
  await expect.poll(() => streams.open().length, 'nobody listens when nobody is signed in').toBe(0);

  await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).click();
  await enterPassword(page, alice);
  for (const tab of tabs) await expect(signedInAs(tab, alice)).toBeVisible();
  await expect.poll(() => streams.open().length, 'and again after a sign-in').toBe(1);
});

test('BFF-SDK-03: the list shows each device; “everywhere else” asks first, and ends the others within a second', async ({
  browser,
  page,
  stage,
}) => {
  await signIn(page, alice, '/profile');
  const phone = await browser.newContext({ baseURL: stage.demo.url, userAgent: iphone });
  const there = await phone.newPage();
  await signIn(there, alice);
  const tabs = [there, ...(await openTabs(phone, 2))];

  await page.reload();
  const devices = page.getByRole('region', { name: 'Where you are signed in' });
  await expect(devices.getByRole('listitem').filter({ hasText: 'This one' })).toHaveCount(1);
  const other = devices.getByRole('listitem').filter({ hasText: 'Safari on iOS' });
  await expect(other).toContainText('last seen just now');

  await devices.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(other, 'asked, and nothing was done').toBeVisible();
  const seen = tabs.map((tab) => timeOf(tab, endedFromElsewhere));
  await devices.getByRole('button', { name: 'Sign out everywhere else' }).click();
  const told = page.waitForResponse((response) => response.url().includes('/bff/sessions?others=1'));
  await page.getByRole('button', { name: 'Yes, sign out' }).click();
  await told;
  const end = Date.now();
  expect(Math.max(...(await Promise.all(seen))) - end).toBeLessThan(1_000);

  await expect(devices).toContainText(/other sessions? (is|are) signed out/);
  await expect(other).toHaveCount(0);
  await expect(signedInAs(page, alice)).toBeVisible();
  expect(await sessionOf(page)).toMatchObject({ authenticated: true });
  await phone.close();
});

test('one other session can be ended by itself', async ({ browser, page, stage }) => {
  await signIn(page, alice, '/profile');
  const phone = await browser.newContext({ baseURL: stage.demo.url, userAgent: iphone });
  const there = await phone.newPage();
  await signIn(there, alice, '/notes');

  await page.reload();
  const devices = page.getByRole('region', { name: 'Where you are signed in' });
  await devices
    .getByRole('button', { name: /^Sign out Safari on iOS/ })
    .first()
    .click();
  await expect(devices).toContainText('Safari on iOS is signed out.');
  await expect(there.getByRole('heading', { name: endedFromElsewhere })).toBeVisible();
  await expect(there.getByText(alice.name)).toHaveCount(0);
  await expect(signedInAs(page, alice)).toBeVisible();
  await phone.close();
});

test('the tab that holds the stream is closed or frozen: another takes over, and nothing is missed', async ({
  context,
  page,
  stage,
}) => {
  const streams = watchStreams(context);
  await signIn(page, alice);
  const tabs = await openTabs(context, 3);
  await expect.poll(streams.open).toEqual([page]);

  await page.close();
  const second = await ownerAmong(tabs, streams);
  // The browser freezes a tab only while it is hidden, and none is here; this is how it would tell the page.
  await second.evaluate(`document.dispatchEvent(new Event('freeze'))`);
  const awake = tabs.filter((tab) => tab !== second);
  const third = await ownerAmong(awake, streams);

  await stage.endSessionsOf(alice.subject);
  for (const tab of awake) await expect(tab.getByRole('heading', { name: endedFromElsewhere })).toBeVisible();
  expect(third).not.toBe(second);
  await second.evaluate(`document.dispatchEvent(new Event('resume'))`);
  await expect(second.getByRole('banner').getByRole('link', { name: 'Sign in' })).toBeVisible();
});

test('a tab that stopped without a word loses the stream to the tab that somebody looks at', async ({
  context,
  page,
  stage,
}) => {
  const streams = watchStreams(context);
  await signIn(page, alice);
  const [other] = await openTabs(context, 1);
  if (!other) throw new Error('No tab was opened.');
  await expect.poll(streams.open).toEqual([page]);

  const debug = await context.newCDPSession(page);
  await debug.send('Debugger.enable');
  const paused = new Promise((resolve) => debug.once('Debugger.paused', resolve));
  await debug.send('Debugger.pause');
  page.evaluate('1').catch(() => undefined); // what comes next in this page never comes
  await paused;
  await other.evaluate(`window.dispatchEvent(new Event('focus'))`);
  await expect.poll(streams.open).toContain(other);
  await stage.endSessionsOf(alice.subject);
  await expect(other.getByRole('heading', { name: endedFromElsewhere })).toBeVisible();

  await debug.send('Debugger.resume');
  await expect(signedInAs(page, alice)).toHaveCount(0);
});

test('a restart of the BFF is survived without a word, and what ends after it still arrives', async ({
  context,
  page,
  stage,
}) => {
  const streams = watchStreams(context);
  await signIn(page, alice);
  await expect.poll(() => streams.open().length).toBe(1);
  await stage.demo.bff.stop();
  try {
    await expect.poll(() => streams.open().length).toBe(0);
    await expect(page.getByText('The session could not be checked just now')).toHaveCount(0);
  } finally {
    await stage.demo.bff.start();
  }
  await expect.poll(() => streams.open().length, { timeout: 20_000 }).toBe(1);
  await expect(signedInAs(page, alice)).toBeVisible();
  await stage.endSessionsOf(alice.subject);
  await expect(page.getByRole('heading', { name: endedFromElsewhere })).toBeVisible();
});

test('a session that ends while the browser is offline ends with its reason when it is back', async ({
  context,
  page,
  stage,
}) => {
  const streams = watchStreams(context);
  await signIn(page, alice);
  const [tab] = await openTabs(context, 1);
  await expect.poll(() => streams.open().length).toBe(1);
  await context.setOffline(true);
  await stage.demo.bff.stop(); // what is open already, the browser's switch leaves open
  await stage.demo.bff.start();
  await expect.poll(() => streams.open().length).toBe(0);
  await stage.endSessionsOf(alice.subject);
  await expect(signedInAs(page, alice)).toBeVisible();
  await context.setOffline(false);
  for (const one of [page, tab ?? page])
    await expect(one.getByRole('heading', { name: endedFromElsewhere })).toBeVisible();
});

const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1';

async function openTabs(context: BrowserContext, count: number): Promise<Page[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const tab = await context.newPage();
      await tab.goto('/');
      await expect(signedInAs(tab, alice)).toBeVisible();
      return tab;
    }),
  );
}

/** When a heading appeared, by the clock of this machine; the page looks itself, many times a second. */
async function timeOf(tab: Page, heading: string): Promise<number> {
  const time: unknown = await tab.evaluate(`new Promise((resolve) => {
    const look = () => {
      if (!document.body.textContent.includes(${JSON.stringify(heading)})) return;
      observer.disconnect();
      resolve(Date.now());
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    look();
  })`);
  return Number(time);
}

/** Waits until one of these tabs, and no other, holds the stream. */
async function ownerAmong(tabs: Page[], streams: ReturnType<typeof watchStreams>): Promise<Page> {
  const owners = () => streams.open().filter((tab) => tabs.includes(tab));
  await expect.poll(() => owners().length).toBe(1);
  await expect.poll(() => streams.open().length).toBe(1);
  const [owner] = owners();
  if (!owner) throw new Error('The stream was given up again.');
  return owner;
}

/** The streams of events that a browser holds open, each by its page. */
function watchStreams(context: BrowserContext) {
  const open = new Map<Request, Page>();
  let asked = 0;
  context.on('response', (response) => {
    if (!response.url().endsWith('/bff/events') || response.status() !== 200) return;
    asked += 1;
    const page = response.frame().page();
    open.set(response.request(), page);
    page.once('close', () => open.delete(response.request()));
  });
  const over = (request: Request) => open.delete(request);
  context.on('requestfinished', over);
  context.on('requestfailed', over);
  return { open: () => [...open.values()], asked: () => asked };
}
