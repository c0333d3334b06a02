import { type Browser, chromium } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEventStream, htmlAnswer, startUpstream, type Upstream } from '../src/index.ts';
import { findChromium } from '../src/playwright/index.ts';
import { recordTraffic } from '../src/playwright/traffic.ts';

let browser: Browser;
let site: Upstream;
beforeAll(async () => {
  const executablePath = findChromium();
  browser = await chromium.launch(executablePath ? { executablePath } : {});
  site = await startUpstream();
  site.on('*', 'always', () => htmlAnswer('<!doctype html><title>clean</title>'));
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** Opens a page whose script reads a body that does not end; resolves to how long a search waits for it. Milliseconds. */
async function waitWith(script: string, prepare: () => Promise<unknown> | undefined): Promise<number> {
  const context = await browser.newContext();
  const traffic = recordTraffic(context);
  const page = await context.newPage();
  await page.goto(site.url);
  const opened = prepare();
  await page.evaluate(script);
  await opened;
  await expect.poll(() => traffic.responses).toBe(2);
  // What is under way apart from the stream is over after the first search.
  await traffic.sightings();
  const since = performance.now();
  await traffic.sightings();
  const waited = performance.now() - since;
  await context.close();
  return waited;
}

const openStream = () => {
  const events = createEventStream();
  site.on('/stream', 'once', events.handler);
  return events.opened;
};

test('no search waits for an event stream, by EventSource or by fetch', async () => {
  expect(await waitWith('globalThis.source = new EventSource("/stream"); 0', openStream)).toBeLessThan(500);
  const byFetch = 'fetch("/stream").then(({ body }) => { globalThis.reader = body.getReader(); })';
  expect(await waitWith(byFetch, openStream)).toBeLessThan(500);
});

test('every search waits a second for another body that does not end', async () => {
  const body = async function* () {
    yield 'start';
    await new Promise(() => {});
  };
  const waited = await waitWith('fetch("/stream").then(() => {})', () => {
    site.on('/stream', 'once', () => ({
      status: 200,
      headers: { 'content-type': 'text/plain' },
      body: body(),
    }));
    return undefined;
  });
  expect(waited).toBeGreaterThan(900);
});
