import { expect, test, vi } from 'vitest';
import { extendSession } from '../src/index.ts';
import { json, signedIn, signedOut } from './fake-page.ts';
import { liveStream, openBrowser, settle } from './open-tabs.ts';

const idle = signedIn({ idleExpiresIn: 1_800 });
const lastMinute = signedIn({ idleExpiresIn: 59 });

test('the server’s warning shows in all tabs, with what ends and when, and goes with the next use', async () => {
  const { tabs, server } = await openBrowser(3);
  const stream = await liveStream(server);
  expect(tabs[0].client.getState()).toMatchObject({ expiring: null });
  stream.send({ type: 'about-to-expire', session: lastMinute });
  for (const { tab, client } of tabs) {
    const expiring = { kind: 'idle', at: new Date(tab.page.now() + 59_000) };
    await vi.waitFor(() => expect(client.getState()).toMatchObject({ expiring }));
  }
  stream.send({ type: 'extended', session: idle });
  for (const { client } of tabs)
    await vi.waitFor(() => expect(client.getState()).toMatchObject({ expiring: null }));
});

test('“stay signed in” in one tab takes the warning from all, and nobody asks the server again', async () => {
  const { tabs, server } = await openBrowser(3);
  const stream = await liveStream(server);
  stream.send({ type: 'about-to-expire', session: lastMinute });
  for (const { client } of tabs)
    await vi.waitFor(() => expect(client.getState()).toMatchObject({ expiring: { kind: 'idle' } }));
  const reads = server.reads();
  expect(await extendSession(tabs[1]?.client ?? tabs[0].client)).toMatchObject({ expiring: null });
  for (const { client } of tabs)
    await vi.waitFor(() => expect(client.getState()).toMatchObject({ expiring: null }));
  expect(server.reads()).toBe(reads);
});

test('an absolute end says that it is one', async () => {
  const { tabs, server } = await openBrowser(1);
  const stream = await liveStream(server);
  stream.send({ type: 'about-to-expire', session: signedIn({ expiresIn: 50, idleExpiresIn: 1_000 }) });
  const at = new Date(tabs[0].tab.page.now() + 50_000);
  await vi.waitFor(() =>
    expect(tabs[0].client.getState()).toMatchObject({ expiring: { kind: 'absolute', at } }),
  );
});

test('a server that warns earlier than this SDK would is believed, also by the next read', async () => {
  const { tabs, server } = await openBrowser(1);
  const stream = await liveStream(server);
  const early = signedIn({ idleExpiresIn: 200 });
  stream.send({ type: 'about-to-expire', session: early });
  await vi.waitFor(() => expect(tabs[0].client.getState()).toMatchObject({ expiring: { kind: 'idle' } }));
  server.answerWith(() => json(early));
  expect(await tabs[0].client.refetch()).toMatchObject({ expiring: { kind: 'idle' } });
});

test('without events the warning comes all the same, once the server confirmed that nobody used the session', async () => {
  const { tabs, server } = await openBrowser(1, { events: false });
  const [{ tab, client }] = tabs;
  tab.pass(1_740_000);
  expect(server.reads()).toBe(1);
  tab.pass(2_000);
  await settle();
  expect(server.reads()).toBe(2);
  expect(client.getState(), 'somebody used it').toMatchObject({ expiring: null });

  server.answerWith(() => json(signedIn({ idleExpiresIn: 58 })));
  tab.pass(1_742_000);
  await vi.waitFor(() => expect(client.getState()).toMatchObject({ expiring: { kind: 'idle' } }));
  server.answerWith(() => json(signedOut('idle')));
  tab.pass(59_000);
  await vi.waitFor(() => expect(client.getState()).toEqual({ status: 'signed-out', reason: 'idle' }));
});

test('where the server warns, nobody asks', async () => {
  const { tabs, server } = await openBrowser(1);
  const [{ tab, client }] = tabs;
  const stream = await liveStream(server);
  const beat = async () => {
    tab.pass(30_000);
    stream.write(':\n\n');
    await settle();
  };
  for (let beats = 0; beats < 58; beats += 1) await beat();
  stream.send({ type: 'about-to-expire', session: lastMinute });
  await vi.waitFor(() => expect(client.getState()).toMatchObject({ expiring: { kind: 'idle' } }));
  await beat();
  expect(server.reads()).toBe(1);
});

test.each([
  [1_800, 61, null],
  [1_800, 60, { kind: 'idle' }],
  [300, 31, null],
  [300, 30, { kind: 'idle' }],
  [20, 2, { kind: 'idle' }],
])('an idle time of %d s with %d s left: %j', async (full, left, expiring) => {
  const { tabs, server } = await openBrowser(1, { events: false }, (fake) =>
    fake.answerWith(() => json(signedIn({ idleExpiresIn: full }))),
  );
  server.answerWith(() => json(signedIn({ idleExpiresIn: left })));
  expect(await tabs[0].client.refetch()).toMatchObject({ expiring });
});
