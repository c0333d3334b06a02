import { expect, test, vi } from 'vitest';
import type { SessionClientOptions } from '../src/index.ts';
import { json, problem, signedIn, signedOut } from './fake-page.ts';
import { liveStream, openBrowser, settle } from './open-tabs.ts';

const lock = 'coatcheck:/bff';

test('ten tabs share one stream', async () => {
  const { tabs, server, browser } = await openBrowser(10);
  await liveStream(server);
  expect(server.streams).toHaveLength(1);
  expect(browser.claims(lock)).toBe(10);
  expect(tabs.map(({ client }) => client.getState().status)).toEqual(Array(10).fill('signed-in'));
});

test('the stream asks as the SDK asks, so that old browsers’ requests are taken too', async () => {
  const { server } = await openBrowser(1);
  const { request } = await liveStream(server);
  expect(request.headers.get('x-requested-with')).toBe('coatcheck');
  expect(request.cache).toBe('no-store');
});

test('an extension moves the idle time in all tabs, and nobody asks for it', async () => {
  const { tabs, server } = await openBrowser(3);
  const stream = await liveStream(server);
  const reads = server.reads();
  for (const { tab } of tabs) tab.pass(30_000);
  stream.send({ type: 'extended', session: signedIn({ idleExpiresIn: 1_799 }) });
  for (const { tab, client } of tabs) {
    await vi.waitFor(() =>
      expect(client.getState()).toMatchObject({ idleAt: new Date(tab.page.now() + 1_799_000) }),
    );
  }
  expect(server.reads()).toBe(reads);
});

test('a tab that reads the news late counts from when it arrived', async () => {
  const { tabs, server } = await openBrowser(2);
  const stream = await liveStream(server);
  const arrival = tabs[0].tab.page.now();
  tabs[1]?.tab.pass(20_000);
  stream.send({ type: 'extended', session: signedIn({ idleExpiresIn: 1_500 }) });
  await vi.waitFor(() =>
    expect(tabs[1]?.client.getState()).toMatchObject({ idleAt: new Date(arrival + 1_500_000) }),
  );
});

test('an end reaches all tabs at once, with its reason, and nobody has to ask', async () => {
  const onSignedOut = vi.fn();
  const { tabs, server } = await openBrowser(10, { onSignedOut });
  const stream = await liveStream(server);
  const reads = server.reads();
  stream.send({ type: 'ended', reason: 'provider-logout' });
  stream.end();
  for (const { client } of tabs) {
    await vi.waitFor(() =>
      expect(client.getState()).toEqual({ status: 'signed-out', reason: 'provider-logout' }),
    );
  }
  expect(onSignedOut).toHaveBeenCalledTimes(10);
  expect(server.reads()).toBe(reads);
});

test('nobody listens while nobody is signed in, and somebody does again after the next sign-in', async () => {
  const { tabs, server, browser } = await openBrowser(3);
  const stream = await liveStream(server);
  server.answerWith(() => json(signedOut('none')));
  stream.send({ type: 'ended', reason: 'idle' });
  for (const { client } of tabs) await vi.waitFor(() => expect(client.getState().status).toBe('signed-out'));
  for (const { tab } of tabs) tab.pass(100_000);
  expect(browser.claims(lock)).toBe(0);
  expect(server.openStreams()).toEqual([]);

  server.answerWith(() => json(signedIn()));
  browser.post(lock, { type: 'changed' });
  await liveStream(server);
  expect(server.streams).toHaveLength(2);
});

test('a newer sign-in in the browser shows in all tabs', async () => {
  const { tabs, server } = await openBrowser(3);
  const stream = await liveStream(server);
  const bob = signedIn({ user: { sub: 'bob' }, createdAt: '2020-01-01T00:30:00.000Z' });
  server.answerWith(() => json(bob));
  stream.send({ type: 'replaced', reason: 'replaced' });
  stream.end();
  await settle();
  tabs[0].tab.pass(1_500);
  const next = await liveStream(server, stream);
  next.send({ type: 'session', session: bob });
  for (const { client } of tabs)
    await vi.waitFor(() => expect(client.getState()).toMatchObject({ user: { sub: 'bob' } }));
});

test('a server that stops is left, and the next connection is to another, without a sign of it', async () => {
  const { tabs, server } = await openBrowser(1);
  const stream = await liveStream(server);
  const [{ client, tab }] = tabs;
  const before = client.getState();
  stream.send({ type: 'reconnect' });
  stream.end();
  await settle();
  expect(client.getState()).toBe(before);
  tab.pass(1_500);
  await liveStream(server, stream);
});

test('the tab that owned the stream is closed: another one takes over', async () => {
  const { tabs, server } = await openBrowser(3);
  const stream = await liveStream(server);
  tabs[0].client.close();
  const next = await liveStream(server, stream);
  expect(stream.isOpen()).toBe(false);
  next.send({ type: 'ended', reason: 'revoked' });
  for (const { client } of tabs.slice(1))
    await vi.waitFor(() => expect(client.getState()).toEqual({ status: 'signed-out', reason: 'revoked' }));
});

test('a page that is frozen gives up the stream and the lock', async () => {
  const { tabs, server, browser } = await openBrowser(2);
  const stream = await liveStream(server);
  tabs[0].tab.fire('frozen');
  await liveStream(server, stream);
  expect(stream.isOpen()).toBe(false);
  expect(browser.claims(lock)).toBe(1);

  // It runs again: what it missed is asked for, and it waits in the queue.
  server.answerWith(() => json(signedIn({ roles: ['admin'] })));
  tabs[0].tab.fire('resumed');
  await vi.waitFor(() => expect(tabs[0].client.getState()).toMatchObject({ roles: ['admin'] }));
  expect(browser.claims(lock)).toBe(2);
});

test('an owner that is frozen without being told loses the stream to the tab that is looked at', async () => {
  const { tabs, server, browser } = await openBrowser(3);
  const stream = await liveStream(server);
  const thaw = tabs[0].tab.freeze();
  const looked = tabs[1];
  looked?.tab.fire('focus');
  looked?.tab.pass(2_900);
  expect(server.streams).toHaveLength(1);
  looked?.tab.pass(200);
  const next = await liveStream(server, stream);
  thaw();
  tabs[0].tab.pass(1_000);
  expect(browser.claims(lock), 'it queues like the others').toBe(3);
  next.send({ type: 'ended', reason: 'revoked' });
  await vi.waitFor(() => expect(tabs[2]?.client.getState().status).toBe('signed-out'));
});

test('an owner that answers keeps the stream', async () => {
  const { tabs, server } = await openBrowser(3);
  const stream = await liveStream(server);
  tabs[1]?.tab.fire('focus');
  tabs[1]?.tab.pass(10_000);
  await settle();
  expect(server.openStreams()).toEqual([stream]);
});

test('a connection without a heartbeat for 45 s is dead, one with it is not', async () => {
  const { tabs, server } = await openBrowser(1);
  const stream = await liveStream(server);
  const [{ tab }] = tabs;
  for (let beats = 0; beats < 5; beats += 1) {
    tab.pass(40_000);
    stream.write(':\n\n');
    await settle();
  }
  expect(server.openStreams()).toEqual([stream]);
  tab.pass(45_000);
  await vi.waitFor(() => expect(stream.isOpen()).toBe(false));
  await settle();
  tab.pass(1_500);
  await liveStream(server, stream);
});

test('after a sleep in which no timer ran, looking at the page is enough to find a dead connection', async () => {
  const { tabs, server } = await openBrowser(1);
  const stream = await liveStream(server);
  const [{ tab }] = tabs;
  const now = tab.page.now() + 3_600_000;
  vi.spyOn(tab.page, 'now').mockReturnValue(now);
  tab.fire('focus');
  await vi.waitFor(() => expect(stream.isOpen()).toBe(false));
});

test('a network that is gone signs nobody out, is tried less and less often, and at once when it is back', async () => {
  const { tabs, server } = await openBrowser(1);
  const stream = await liveStream(server);
  const [{ tab, client }] = tabs;
  server.answerWith(() => Promise.reject(new TypeError('fetch failed')));
  stream.lose();
  const tries: number[] = [];
  for (let second = 0; second < 60; second += 1) {
    await settle();
    const before = server.reads();
    tab.pass(1_000);
    await settle();
    if (server.reads() > before) tries.push(second);
  }
  expect(tries.length).toBeGreaterThan(3);
  expect(tries.length).toBeLessThan(8);
  expect(client.getState()).toMatchObject({ status: 'signed-in', stale: false });

  server.answerWith(() => json(signedIn()));
  tab.fire('online');
  await liveStream(server, stream);
});

test('a session that ended while the network was gone ends in all tabs, with the reason', async () => {
  const { tabs, server } = await openBrowser(3);
  const stream = await liveStream(server);
  let reads = 0;
  server.answerWith(() => json(signedOut(reads++ === 0 ? 'revoked' : 'none'))); // the reason is told once
  stream.lose();
  await settle();
  tabs[0].tab.pass(1_500);
  for (const { client } of tabs)
    await vi.waitFor(() => expect(client.getState()).toEqual({ status: 'signed-out', reason: 'revoked' }));
  expect(reads).toBe(1);
  expect(server.streams).toHaveLength(1); // the stream’s own 204 would have used the reason up
});

test('also when it ended just after the session was read, and the connection is made again at once', async () => {
  const { tabs, server } = await openBrowser(1);
  const [{ tab, client }] = tabs;
  const stream = await liveStream(server);
  server.answerWith(() => json(signedOut('revoked')));
  stream.lose();
  await settle();
  tab.fire('online');
  await vi.waitFor(() => expect(client.getState()).toEqual({ status: 'signed-out', reason: 'revoked' }));
  expect(server.streams).toHaveLength(1);
});

test('a server that has no room is asked again when it said so', async () => {
  const { tabs, server } = await openBrowser(1, {}, (fake) =>
    fake.answerStreamsWith(() => problem('too_many_streams', 503, { headers: { 'retry-after': '20' } })),
  );
  const [{ tab }] = tabs;
  await vi.waitFor(() => expect(server.streams).toHaveLength(1));
  server.answerStreamsWith(() => null);
  await settle();
  tab.pass(20_000);
  await settle();
  expect(server.streams).toHaveLength(1);
  tab.pass(1_500);
  await liveStream(server);
});

test.each([
  ['nothing', () => new Response(null, { status: 204 })],
  ['another server’s page', () => new Response('<h1>Bad gateway</h1>', { status: 502 })],
  ['the shell of the app', () => new Response('<!doctype html>')],
])('where %s answers, nothing breaks', async (_, answer) => {
  const { tabs, server } = await openBrowser(1, {}, (fake) => fake.answerStreamsWith(answer));
  await vi.waitFor(() => expect(server.streams).toHaveLength(1));
  await settle();
  expect(tabs[0].client.getState()).toMatchObject({ status: 'signed-in', stale: false });
});

test('the tab that signs out tells the others before it leaves, and stays in signing-out', async () => {
  const { tabs, server } = await openBrowser(2);
  const stream = await liveStream(server);
  const [first, second] = tabs;
  const answer = Promise.withResolvers<Response>();
  server.answerWith(() => answer.promise);
  void first?.client.logout();
  stream.send({ type: 'ended', reason: 'signed-out' });
  await vi.waitFor(() =>
    expect(second?.client.getState()).toEqual({ status: 'signed-out', reason: 'signed-out' }),
  );
  expect(first?.client.getState()).toEqual({ status: 'signing-out' });
  answer.resolve(json({ redirectTo: 'https://provider.example/end' }));
  await vi.waitFor(() => expect(first?.tab.visits).toEqual(['https://provider.example/end']));
});

test('a read that an event overtook does not bring the old times back', async () => {
  const { tabs, server } = await openBrowser(1);
  const stream = await liveStream(server);
  const [{ tab, client }] = tabs;
  const answers = [Promise.withResolvers<Response>(), Promise.withResolvers<Response>()];
  let asked = 0;
  server.answerWith(() => answers[asked++]?.promise ?? json(signedIn()));
  const read = client.refetch();
  stream.send({ type: 'extended', session: signedIn({ idleExpiresIn: 1_800 }) });
  await settle();
  answers[0]?.resolve(json(signedIn({ idleExpiresIn: 10 })));
  answers[1]?.resolve(json(signedIn({ idleExpiresIn: 1_799 })));
  expect(await read).toMatchObject({ idleAt: new Date(tab.page.now() + 1_799_000) });
});

test('BFF-SDK-03: what another tab says signs nobody in, and ends no session that this page does not show', async () => {
  const { tabs, server, browser } = await openBrowser(1);
  await liveStream(server);
  const [{ client }] = tabs;
  const reads = server.reads();
  const mallory = signedIn({ user: { sub: 'mallory' }, createdAt: '2020-02-02T00:00:00.000Z' });
  const say = (message: object) => browser.post(lock, message);
  say({ type: 'event', at: 0, session: mallory.createdAt, event: { type: 'ended', reason: 'revoked' } });
  say({ type: 'event', at: 0, session: 1, event: { type: 'ended', reason: 'revoked' } });
  say({ type: 'event', at: 0, session: mallory.createdAt, event: { type: 'strange' } });
  expect(server.reads()).toBe(reads);
  say({
    type: 'event',
    at: 0,
    session: mallory.createdAt,
    event: { type: 'extended', session: mallory },
  });
  await vi.waitFor(() => expect(server.reads()).toBe(reads + 1)); // the server is asked
  expect(client.getState()).toMatchObject({ status: 'signed-in', user: { sub: 'alice' } });
});

test.each<[string, SessionClientOptions, boolean]>([
  ['events: false', { events: false }, true],
  ['crossTab: false', { crossTab: false }, true],
  ['a browser without Web Locks', {}, false],
])('%s: no stream, and coming back to the page asks', async (_, options, locks) => {
  const { tabs, server, browser } = await openBrowser(2, options, undefined, locks);
  expect(browser.claims(lock)).toBe(0);
  const reads = server.reads();
  tabs[1]?.tab.pass(5_000);
  tabs[1]?.tab.fire('focus');
  await vi.waitFor(() => expect(server.reads()).toBe(reads + 1));
  expect(server.streams).toEqual([]);
});

test('while events arrive, coming back to the page asks for nothing', async () => {
  const { tabs, server } = await openBrowser(1);
  await liveStream(server);
  const reads = server.reads();
  tabs[0].tab.pass(20_000);
  tabs[0].tab.fire('focus');
  await settle();
  expect(server.reads()).toBe(reads);
});

test('events are read however the bytes are cut, and unknown ones are passed over', async () => {
  const { tabs, server } = await openBrowser(1);
  const stream = await liveStream(server);
  const [{ client, tab }] = tabs;
  const told = JSON.stringify({ type: 'extended', session: signedIn({ idleExpiresIn: 900, acr: 'höher' }) });
  const text = `\r\n:hello\r\nevent: strange\ndata: {"type":"strange"}\n\ndata: {\n\nid: 7\r\nevent: extended\r\ndata:${told}\r\n\r\n`;
  for (const character of text) stream.write(character);
  await vi.waitFor(() =>
    expect(client.getState()).toMatchObject({ acr: 'höher', idleAt: new Date(tab.page.now() + 900_000) }),
  );
});
