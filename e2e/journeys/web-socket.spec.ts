import type { JSHandle, Page } from '@playwright/test';
import { alice, confirmAtProvider, signIn } from '../fixtures/people.ts';
import { expect, test } from '../fixtures/test.ts';

/** What a page keeps of a WebSocket that it opened. */
interface PageSocket {
  readonly socket: WebSocket;
  readonly messages: string[];
  close?: { readonly code: number; readonly reason: string; readonly opened: boolean };
}

/** Opens a WebSocket in a page, to a path of its origin or to another. */
function openIn(page: Page, address: string): Promise<JSHandle<PageSocket>> {
  return page.evaluateHandle(
    (url) => {
      let opened = false;
      const kept: PageSocket = { socket: new WebSocket(url), messages: [] };
      kept.socket.onopen = () => {
        opened = true;
      };
      kept.socket.onmessage = ({ data }) => kept.messages.push(String(data));
      kept.socket.onclose = ({ code, reason }) => {
        kept.close = { code, reason, opened };
      };
      return kept;
    },
    new URL(address, page.url()).href.replace(/^http/, 'ws'),
  );
}

const messagesOf = (kept: JSHandle<PageSocket>) => kept.evaluate(({ messages }) => messages);
const closeOf = (kept: JSHandle<PageSocket>) => kept.evaluate(({ close }) => close);

test('BFF-STREAM-04: a page talks to the API over a WebSocket, and the API knows who it is', async ({
  page,
}) => {
  await signIn(page, alice);
  const kept = await openIn(page, '/api/ws');
  await expect
    .poll(async () => JSON.parse((await messagesOf(kept))[0] ?? '{}'))
    .toMatchObject({ type: 'hello', subject: alice.subject });
  await kept.evaluate(({ socket }) => socket.send('good morning'));
  await expect
    .poll(async () => JSON.parse((await messagesOf(kept))[1] ?? '{}'))
    .toEqual({ type: 'echo', subject: alice.subject, text: 'good morning' });
});

test('BFF-STREAM-02: signing out in another tab closes the WebSocket with 4401 and the reason', async ({
  page,
  context,
}) => {
  await signIn(page, alice);
  const kept = await openIn(page, '/api/ws');
  await expect.poll(async () => (await messagesOf(kept)).length).toBe(1);

  const other = await context.newPage();
  await other.goto('/');
  await other.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
  await expect
    .poll(() => closeOf(kept), { timeout: 2_000 })
    .toEqual({ code: 4401, reason: 'signed-out', opened: true });
  await confirmAtProvider(other);
});

test('BFF-STREAM-03: a foreign page opens none, although somebody is signed in', async ({
  page,
  context,
  stage,
  attacker,
}) => {
  await signIn(page, alice);
  const address = `${stage.demo.url.replace(/^http/, 'ws')}/api/ws`;
  for (const origin of [attacker.origin, attacker.siblingOrigin]) {
    const foreign = await context.newPage();
    await foreign.goto(origin + attacker.page('look here'));
    const kept = await openIn(foreign, address);
    await expect.poll(() => closeOf(kept)).toEqual({ code: 1006, reason: '', opened: false });
  }
});
