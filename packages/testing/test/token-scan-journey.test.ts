import { chromium } from '@playwright/test';
import { expect, it } from 'vitest';
import { htmlAnswer, redirectAnswer, startAuthorizationServer, startUpstream } from '../src/index.ts';
import {
  authorizationCodeFlow,
  expectNoTokens,
  findChromium,
  tokenScanArguments,
  watchForTokens,
} from '../src/playwright/index.ts';
import { createPlainClient } from './plain-client.ts';

it('BFF-LEAK-01, -02, -03: a whole sign-in passes with the allowances of the code flow, and with nothing less', async () => {
  const as = await startAuthorizationServer({ interactive: true });
  const site = await startUpstream();
  const origin = site.url.replace('127.0.0.1', 'localhost'); // another site than the authorization server
  const [login, callback] = [`${origin}/bff/login`, `${origin}/bff/callback`];
  const client = createPlainClient(as);
  let verifier = '';
  site.on('/', 'always', () => htmlAnswer('<!doctype html><title>home</title>'));
  site.on('/bff/login', 'always', () => {
    const started = client.startSignIn({ redirect_uri: callback });
    verifier = started.verifier;
    return redirectAnswer(started.url);
  });
  site.on('/bff/callback', 'always', async ({ request }) => {
    const code = new URLSearchParams(request.target.split('?')[1]).get('code') ?? '';
    const { status } = await client.exchange(code, verifier, { redirect_uri: callback });
    return redirectAnswer(status === 200 ? '/' : '/failed', 303);
  });

  const executablePath = findChromium();
  const browser = await chromium.launch({
    args: tokenScanArguments,
    ...(executablePath ? { executablePath } : {}),
  });
  const context = await browser.newContext();
  const watch = await watchForTokens(context, { secrets: as.canaries });
  const page = await watch.newPage();
  await page.goto(login);
  await page.fill('input[name=login]', 'alice@example.test');
  await page.fill('input[name=password]', 'coatcheck');
  await page.click('button');
  await page.waitForURL(`${origin}/`);

  const allow = authorizationCodeFlow(as.issuer, login, callback);
  const report = await expectNoTokens(page, { watch, allow });
  expect(new Set(as.canaries().map(({ kind }) => kind))).toEqual(
    new Set(['client_secret', 'state', 'code', 'code_verifier', 'access_token', 'refresh_token', 'id_token']),
  );
  expect(report.secrets).toBe(as.canaries().length);
  const { findings } = await watch.findTokens();
  for (const { kind, place, where, reason } of allow) {
    const covered = findings.filter(
      (finding) =>
        [kind].flat().includes(finding.kind) &&
        [place].flat().includes(finding.place) &&
        where?.(finding.where),
    );
    expect(covered, reason).not.toEqual([]);
  }

  await page.evaluate(
    (code) => Reflect.set(globalThis, 'kept', code),
    as.canaries().find(({ kind }) => kind === 'code')?.value,
  );
  await expect(watch.expectNoTokens({ allow })).rejects.toThrow('code in heap');
  await browser.close();
  await Promise.all([site.close(), as.close()]);
}, 60_000);
