import type { Page } from '@playwright/test';
import { writeNote } from '../fixtures/notes.ts';
import { alice, signedInAs, signIn } from '../fixtures/people.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ stageName: 'https', ignoreHTTPSErrors: true });

/** What the browser spoke (RFC 7301) for whatever it loaded from a path, the page itself included. */
function protocolsOf(page: Page, path: string): Promise<unknown[]> {
  return page.evaluate(
    (prefix) =>
      performance
        .getEntries()
        .filter(({ name }) => name.includes(prefix))
        .map((entry): unknown => entry.toJSON().nextHopProtocol),
    path,
  );
}

test('a person works over HTTP/2 where the BFF ends TLS, and WebSockets go beside it', async ({ page }) => {
  await signIn(page, alice);
  await expect(signedInAs(page, alice)).toBeVisible();
  await page.goto('/notes');
  await writeNote(page, 'over HTTP/2');
  const protocols = await protocolsOf(page, '/notes');
  expect(protocols.length).toBeGreaterThan(1);
  expect(new Set(protocols)).toEqual(new Set(['h2']));

  const hello = await page.evaluate(
    (address) =>
      new Promise<string>((resolve, reject) => {
        const socket = new WebSocket(address);
        socket.onerror = () => reject(new Error('no WebSocket'));
        socket.onmessage = ({ data }) => {
          resolve(String(data));
          socket.close();
        };
      }),
    new URL('/api/ws', page.url()).href.replace(/^http/, 'ws'),
  );
  expect(JSON.parse(hello)).toMatchObject({ type: 'hello', subject: alice.subject });
});
