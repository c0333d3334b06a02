import { createEventStream, type Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type EventReader, readEvents } from '../endings/event-reader.ts';
import { logOutByProvider, newestSid } from '../endings/logout-token.ts';
import { inTime } from '../endings/standing.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Three instances: forwarded event streams are open in each, and one of them ends the session. */
const instances = [0, 1, 2];
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ instances: instances.length, as: { signingAlgorithm: 'ES256' } });
});
afterEach(() => {
  rig.bff.pin(undefined);
  rig.reset();
});
afterAll(() => rig.close());

interface Opened {
  readonly reader: EventReader;
  /** The API has noticed that nobody listens any more. */
  readonly closed: Promise<void>;
}

async function openAt(instance: number, jar: Jar): Promise<Opened> {
  const events = createEventStream();
  rig.upstream.on('/api/stream', 'once', events.handler);
  rig.bff.pin(instance);
  const reader = await readEvents(jar.clone(), '/api/stream');
  rig.bff.pin(undefined);
  expect(reader.stream.status).toBe(200);
  events.send('{"hello":1}');
  await expect.poll(() => reader.events).toHaveLength(1);
  return { reader, closed: events.closed };
}

/** All end within a second of the ending, towards the browser, which is told why, and towards the API. */
async function expectCut(
  opened: readonly Opened[],
  made: () => Promise<unknown>,
  reason: string,
): Promise<void> {
  await made();
  const endedAt = performance.now();
  const over = Promise.all(opened.flatMap(({ reader, closed }) => [reader.ended, closed]));
  await inTime(over, 'all streams are cut');
  for (const { reader } of opened) {
    expect((reader.endedAt ?? 0) - endedAt).toBeLessThan(1_000);
    const { name, id, data } = reader.events.at(-1) ?? {};
    expect([name, id, data]).toEqual(['coatcheck-session-ended', undefined, { reason }]);
  }
}

interface Ending {
  readonly reason: string;
  make(jar: Jar, sid: string): Promise<unknown>;
}

const endings: Record<string, Ending> = {
  'a sign-out': {
    reason: 'signed-out',
    make: (jar) => jar.clone().fetch(rig.bff.paths.logout, { method: 'POST' }),
  },
  'a logout token': { reason: 'provider-logout', make: (_, sid) => logOutByProvider(rig, { sid }) },
  'the administration': {
    reason: 'revoked',
    make: () => rig.bff.endSubject(rig.as.issuer, 'streaming'),
  },
  'a newer sign-in': {
    reason: 'replaced',
    make: (jar) => rig.signIn(jar.clone(), { user: { sub: 'other' } }),
  },
  'a refused refresh': {
    reason: 'refused',
    async make(jar) {
      rig.as.revokeGrants('streaming');
      await rig.advance(301);
      expect((await rig.call(jar.clone())).status).toBe(401);
    },
  },
};

for (const [at, [ending, { reason, make }]] of Object.entries(endings).entries()) {
  requirement(
    ['BFF-LOGOUT-06', 'BFF-STREAM-02'],
    `${ending} in one instance cuts the forwarded streams of that session in all`,
    async () => {
      const jar = await rig.signedIn({ user: { sub: 'streaming' } });
      const sid = newestSid(rig.as);
      const bystander = await openAt(0, await rig.signedIn({ user: { sub: 'bystander' } }));
      const opened = [];
      for (const instance of instances) opened.push(await openAt(instance, jar));
      rig.bff.pin(at % instances.length);
      await expectCut(opened, () => make(jar, sid), reason);
      expect(bystander.reader.endedAt).toBeUndefined();
      bystander.reader.close();
    },
  );
}

requirement(
  ['BFF-LOGOUT-06', 'BFF-STREAM-02'],
  'a stream is cut also where its instance had to forget the session meanwhile',
  async () => {
    const jar = await rig.signedIn({ user: { sub: 'forgotten' } });
    const opened = [await openAt(0, jar)];
    // Others refresh the tokens: what the first instance had cached is stale, and nobody calls through it again.
    rig.bff.pin(1);
    await rig.advance(301);
    expect((await rig.call(jar)).status).toBe(200);
    expect((await rig.call(jar)).status).toBe(200);
    const told = await rig.signedIn({ user: { sub: 'told' } });
    rig.bff.pin(0);
    expect((await rig.call(told)).status).toBe(200);
    rig.bff.pin(1);
    // When this ending has reached the first instance, so has the change before it.
    await told.clone().fetch(rig.bff.paths.logout, { method: 'POST' });
    rig.bff.pin(0);
    await expect.poll(async () => (await rig.call(told.clone())).status).toBe(401);
    rig.bff.pin(1);
    await expectCut(opened, () => jar.fetch(rig.bff.paths.logout, { method: 'POST' }), 'signed-out');
  },
);

requirement('BFF-STREAM-02', 'half an event is never taken for a whole one: the stream is cut', async () => {
  const jar = await rig.signedIn();
  rig.upstream.on('/api/stream', 'once', async ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: {"hello":1}\n\ndata: {"transfer":1');
    return 'handled' as const;
  });
  const reader = await readEvents(jar.clone(), '/api/stream');
  await expect.poll(() => reader.text).toContain('transfer');
  await jar.fetch(rig.bff.paths.logout, { method: 'POST' });
  await inTime(reader.ended, 'the stream is cut');
  expect(reader.text.endsWith('"transfer":1')).toBe(true);
});

requirement(
  ['BFF-SESS-04', 'BFF-STREAM-02'],
  'a stream ends with the absolute life of its session, though nobody calls any more',
  async () => {
    const brief = await startRig({ as: { signingAlgorithm: 'ES256' }, idleTimeout: 2, absoluteTimeout: 3 });
    try {
      const jar = await brief.signedIn();
      const events = createEventStream();
      brief.upstream.on('/api/stream', 'once', events.handler);
      const reader = await readEvents(jar, '/api/stream');
      const end = Date.parse(String((await brief.session(jar)).expiresAt));
      await inTime(reader.ended, 'the stream ends with its session', 9_000);
      expect(Date.now() - end).toBeLessThan(5_000);
    } finally {
      await brief.close();
    }
  },
  20_000,
);
