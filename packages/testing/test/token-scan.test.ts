import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type AuthorizationServer,
  htmlAnswer,
  startAuthorizationServer,
  startUpstream,
  type Upstream,
} from '../src/index.ts';
import {
  expectNoTokens,
  findChromium,
  type Place,
  type TokenWatch,
  tokenScanArguments,
  unknownJwt,
  watchForTokens,
} from '../src/playwright/index.ts';

let browser: Browser;
let as: AuthorizationServer;
let site: Upstream;
let jwt: string;
const opaque = 'canary-refresh_token-0123456789abcdefghijklmnopqrstuv';

beforeAll(async () => {
  const executablePath = findChromium();
  browser = await chromium.launch({
    args: tokenScanArguments,
    ...(executablePath ? { executablePath } : {}),
  });
  as = await startAuthorizationServer();
  jwt = await as.issueAccessToken({ scopes: ['notes:read'] });
  site = await startUpstream();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
  await as?.close();
});

let context: BrowserContext;
let page: Page;
let watch: TokenWatch;
beforeEach(async () => {
  site.on('*', 'always', () => htmlAnswer('<!doctype html><title>clean</title><p>Nothing to see.'));
  context = await browser.newContext();
  page = await context.newPage();
  watch = await watchForTokens(context, {
    secrets: () => [...as.canaries(), { kind: 'refresh_token', value: opaque }],
  });
});
afterEach(async () => {
  await context.close();
  site.reset();
});

describe('a clean page', () => {
  it('passes, with every place searched', async () => {
    await page.goto(`${site.url}/clean`);
    await page.evaluate(
      "localStorage.setItem('a', 'b'); document.cookie = 'theme=dark'; console.log('hello')",
    );
    const report = await expectNoTokens(page, { watch });
    expect(report.secrets).toBeGreaterThan(1);
    const searched = Object.keys(report.searched);
    for (const place of ['cookie', 'local-storage', 'url', 'history', 'request-header', 'response-header']) {
      expect(searched).toContain(place);
    }
    for (const place of ['response-body', 'console', 'dom', 'heap']) expect(searched).toContain(place);
  });

  it('is no proof without secrets, without a visit, or when watching began too late', async () => {
    await expect(watch.expectNoTokens()).rejects.toThrow('Nothing was received yet');
    await page.goto(`${site.url}/clean`);
    const secrets = () => [];
    await expect(watchForTokens(context, { secrets })).rejects.toThrow('before the first navigation');
    const other = await browser.newContext();
    const otherWatch = await watchForTokens(other, { secrets });
    const otherPage = await other.newPage();
    await otherPage.goto(`${site.url}/clean`);
    await expect(otherWatch.expectNoTokens()).rejects.toThrow('No secret to search for');
    await other.close();
  });

  it('is no proof when the heap snapshot would cut strings', async () => {
    const executablePath = findChromium();
    const plain = await chromium.launch(executablePath ? { executablePath } : {});
    const plainPage = await plain.newPage();
    const plainWatch = await watchForTokens(plainPage, { secrets: as.canaries });
    await plainPage.goto(`${site.url}/clean`);
    await expect(plainWatch.expectNoTokens()).rejects.toThrow('tokenScanArguments');
    await expect(plainWatch.expectNoTokens({ allowTruncatedHeap: true })).resolves.toBeDefined();
    await plain.close();
  });
});

describe('the report', () => {
  it('names place, kind and a masked snippet, never the whole secret', async () => {
    await page.goto(`${site.url}/clean`);
    await page.evaluate((token) => Object.assign(globalThis, { kept: token }), jwt);
    await page.evaluate(`localStorage.setItem('session', JSON.stringify({ access_token: kept }))`);
    const error: unknown = await watch.expectNoTokens().catch((reason: unknown) => reason);
    const message = error instanceof Error ? error.message : '';
    expect(message).toContain('access_token (JWT signature) in local-storage');
    expect(message).toContain('access_token (JWT claims) in heap');
    for (const part of jwt.split('.')) expect(message).not.toContain(part.slice(0, 24));
  });

  it('leaves out what is allowed, by kind, place and where, and nothing else', async () => {
    await page.goto(`${site.url}/clean?code=${opaque}`);
    const code = { kind: 'refresh_token', place: ['url', 'history'] as Place[], reason: 'control' };
    const heapAndDom = { kind: 'refresh_token', place: ['heap', 'dom'] as Place[], reason: 'control' };
    const isHere = (where: string) => where.includes('/clean');
    const isElsewhere = (where: string) => where.includes('/callback');
    const sent = {
      kind: 'refresh_token',
      place: 'request-header' as const,
      reason: 'Referer of the favicon',
    };
    await watch.expectNoTokens({ allow: [{ ...code, where: isHere }, heapAndDom, sent] });
    await expect(
      watch.expectNoTokens({ allow: [{ ...code, where: isElsewhere }, heapAndDom, sent] }),
    ).rejects.toThrow('in url');
    await expect(watch.expectNoTokens({ allow: [{ ...code, kind: 'code' }] })).rejects.toThrow('in history');
  });
});

describe('a JWT that nobody listed', () => {
  it('is found all the same, and may be allowed', async () => {
    const unlisted = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"x"}').toString('base64url')}.`;
    await page.goto(`${site.url}/clean`);
    await page.evaluate((token) => Reflect.set(globalThis, 'unlisted', token), unlisted);
    await expect(watch.expectNoTokens()).rejects.toThrow(`${unknownJwt} in heap`);
    await watch.expectNoTokens({ allow: [{ kind: unknownJwt, place: 'heap', reason: 'control' }] });
  });

  it('unless it only looks like one', async () => {
    await page.goto(`${site.url}/clean`);
    await page.evaluate(() => Reflect.set(globalThis, 'notOne', 'eyJub3QiOiJvbmUifQ.eyJhIjoxfQ.c2ln'));
    await watch.expectNoTokens();
  });
});
