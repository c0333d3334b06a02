import { createEventStream, headerValues, type Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { readEvents } from '../endings/event-reader.ts';
import { claimsOf, refreshes } from '../evidence/tokens.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
let jar: Jar;
beforeAll(async () => {
  rig = await startRig({
    as: { signingAlgorithm: 'ES256' },
    routes: ({ url }) => [{ prefix: '/api', upstream: url, config: { timeout: '1s' } }],
  });
  jar = await rig.signedIn();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

async function open(headers: Record<string, string> = {}) {
  const events = createEventStream();
  rig.upstream.on('/api/stream', 'once', events.handler);
  const reader = await readEvents(jar, '/api/stream', headers);
  return { events, reader };
}

requirement('BFF-STREAM-01', 'an event is with the browser at once, alone and whole', async () => {
  const { events, reader } = await open();
  // The head came without any event.
  expect(reader.stream.status).toBe(200);
  expect(reader.stream.headers.get('content-type')).toBe('text/event-stream');
  expect(reader.stream.headers.get('x-accel-buffering')).toBe('no');
  expect(reader.stream.headers.get('cache-control')).toBe('private, no-store');
  expect(reader.stream.headers.get('content-length')).toBeNull();
  for (let at = 1; at <= 20; at += 1) {
    const sentAt = performance.now();
    events.send(JSON.stringify({ at }), { event: 'tick', id: String(at) });
    await expect.poll(() => reader.events.length, { interval: 1 }).toBe(at);
    expect(reader.events.at(-1)).toMatchObject({ name: 'tick', id: String(at), data: { at } });
    expect((reader.events.at(-1)?.at ?? Infinity) - sentAt).toBeLessThan(300);
  }
  reader.close();
  await events.closed;
});

requirement('BFF-STREAM-01', 'a silent stream outlives the time-out of ordinary answers', async () => {
  const { events, reader } = await open();
  events.send('{"n":1}');
  // An ordinary call that hangs is over after the route's second; when it is, so would the stream be.
  const hung = rig.upstream.hold('/api/slow');
  expect((await jar.clone().fetch('/api/slow')).status).toBe(504);
  expect((await jar.clone().fetch('/api/slow')).status).toBe(504);
  hung.release();
  expect(reader.endedAt).toBeUndefined();
  events.send('{"n":2}');
  await expect.poll(() => reader.events.length).toBe(2);
  events.end();
  await reader.ended;
});

requirement(
  'BFF-STREAM-01',
  'a reconnect says where it was, with a token that was renewed if need be',
  async () => {
    const first = await open();
    first.events.send('{"n":1}', { id: 'a-1' });
    await expect.poll(() => first.reader.events.length).toBe(1);
    first.events.end();
    await first.reader.ended;
    await rig.advance(301);
    const before = refreshes(rig.as).length;
    const second = await open({ 'last-event-id': 'a-1' });
    const [earlier, later] = rig.upstream.requestsOf('/api/stream');
    expect(later && headerValues(later, 'last-event-id')).toEqual(['a-1']);
    expect(refreshes(rig.as).length).toBe(before + 1);
    const expiryOf = (request: typeof later) =>
      Number(claimsOf(request?.headers.authorization?.replace('Bearer ', '') ?? '').exp);
    expect(expiryOf(later)).toBeGreaterThan(expiryOf(earlier));
    second.reader.close();
    await second.events.closed;
  },
);

requirement('BFF-STREAM-01', 'streams take no place from ordinary calls', async () => {
  const opened = [];
  for (let at = 0; at < 300; at += 1) opened.push(await open());
  const calls = await Promise.all(Array.from({ length: 50 }, () => jar.clone().fetch('/api/notes')));
  expect(new Set(calls.map(({ status }) => status))).toEqual(new Set([200]));
  for (const { reader } of opened) reader.close();
  await Promise.all(opened.map(({ events }) => events.closed));
});
