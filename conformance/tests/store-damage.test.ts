import { randomBytes } from 'node:crypto';
import type { Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { wantedKind } from '../adapters/store/store.ts';
import { logLines } from '../evidence/log-lines.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/*
 * Records are changed behind the back of the BFF, which is then started again, since what it has in memory is good. A
 * damaged record is nobody's: an anonymous session, a line in the log, never another person, and never a browser that
 * cannot sign in any more.
 */
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ as: { signingAlgorithm: 'ES256' } });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

/** Somebody who signed in, and the name of their record. */
async function alice(): Promise<{ jar: Jar; record: string; sub: string }> {
  const before = new Set(await rig.bff.store.records());
  const sub = `person-${before.size}-${randomBytes(4).toString('hex')}`;
  const jar = await rig.signedIn({ user: { sub } });
  const record = (await rig.bff.store.records()).find((name) => !before.has(name)) ?? '';
  expect(record).not.toBe('');
  return { jar, record, sub };
}

/** Lines that say that something is wrong with a record, or with the store that it is in. */
const complaints = () =>
  logLines(rig.bff.log()).filter((line) => /record|damaged|store_unavailable/i.test(JSON.stringify(line)))
    .length;

const anotherAlice: { bytes: Buffer } = { bytes: Buffer.alloc(0) };
const damages: Record<string, (bytes: Buffer) => Buffer> = {
  'has a flipped bit at its end': (bytes) =>
    Buffer.concat([bytes.subarray(0, -1), Buffer.of((bytes.at(-1) ?? 0) ^ 1)]),
  'is cut off at its end': (bytes) => bytes.subarray(0, -1),
  'is cut in half': (bytes) => bytes.subarray(0, bytes.length >> 1),
  'is one byte': () => Buffer.of(0),
  'is random bytes': (bytes) => randomBytes(bytes.length),
  'is zeros': (bytes) => Buffer.alloc(bytes.length),
  'is text': () => Buffer.from('{"user":{"sub":"admin"},"roles":["admin"]}'),
  'is longer': (bytes) => Buffer.concat([bytes, randomBytes(16)]),
  'is another person’s': () => anotherAlice.bytes,
};

describe('a damaged record', () => {
  type Person = Awaited<ReturnType<typeof alice>>;
  const cases = new Map<string, { readonly damaged: Person; readonly whole: Person }>();
  beforeAll(async () => {
    for (const [what, damage] of Object.entries(damages)) {
      const [damaged, whole] = [await alice(), await alice()];
      anotherAlice.bytes = await rig.bff.store.read(whole.record);
      await rig.bff.store.write(damaged.record, damage(await rig.bff.store.read(damaged.record)));
      cases.set(what, { damaged, whole });
    }
    await rig.bff.restart();
  });

  for (const what of Object.keys(damages)) {
    requirement(['BFF-SESS-08', 'BFF-SESS-01'], `that ${what} is nobody’s session`, async () => {
      const prepared = cases.get(what);
      if (!prepared) throw new Error(`nobody has a record that ${what}`);
      const { damaged, whole } = prepared;
      const answer = await rig.call(damaged.jar.clone());
      expect(answer.status).toBe(401);
      expect(rig.upstream.hits()).toBe(0);
      expect(await rig.session(damaged.jar.clone())).toMatchObject({ authenticated: false });

      // The same browser can sign in again, and everybody else is untouched.
      const again = damaged.jar;
      const callback = await rig.finish(again, await rig.begin(again, { user: { sub: damaged.sub } }));
      expect(callback.status).toBe(303);
      expect(await rig.session(again)).toMatchObject({ authenticated: true, user: { sub: damaged.sub } });
      expect(await rig.session(whole.jar)).toMatchObject({ authenticated: true, user: { sub: whole.sub } });
      const list: unknown = await (await again.fetch(rig.bff.paths.sessions)).json();
      expect(list).toContainEqual(expect.objectContaining({ current: true }));
      // And what ends sessions is not held up by the one that is damaged.
      const out = await again.fetch(rig.bff.paths.logout, { method: 'POST', json: { everywhere: true } });
      expect(out.status).toBe(200);
      await rig.bff.endSubject(rig.as.issuer, damaged.sub);
      expect((await rig.call(again)).status).toBe(401);
    });
  }
});

requirement('BFF-SESS-08', 'a damaged record is told to the log, once and not at every call', async () => {
  const { jar, record } = await alice();
  const bytes = await rig.bff.store.read(record);
  await rig.bff.store.write(
    record,
    Buffer.concat([bytes.subarray(0, -1), Buffer.of((bytes.at(-1) ?? 0) ^ 1)]),
  );
  await rig.bff.restart();
  const logged = complaints();
  for (let times = 0; times < 5; times += 1) expect((await rig.call(jar.clone())).status).toBe(401);
  await expect.poll(complaints).toBe(logged + 1);
});

requirement(['BFF-SESS-08', 'BFF-SESS-01'], 'two records that were exchanged open nothing', async () => {
  const [one, two] = [await alice(), await alice()];
  const [first, second] = [await rig.bff.store.read(one.record), await rig.bff.store.read(two.record)];
  await rig.bff.store.write(one.record, second);
  await rig.bff.store.write(two.record, first);
  await rig.bff.restart();
  for (const { jar } of [one, two]) {
    expect((await rig.call(jar.clone())).status).toBe(401);
    const view = await jar.clone().fetch(rig.bff.paths.session);
    expect(await view.text()).not.toContain('person-');
  }
  // Put back, they are good again: nothing was destroyed by looking.
  await rig.bff.store.write(one.record, first);
  await rig.bff.store.write(two.record, second);
  await rig.bff.restart();
  for (const { jar, sub } of [one, two])
    expect(await rig.session(jar)).toMatchObject({ authenticated: true, user: { sub } });
});

requirement('BFF-SESS-08', 'a record that is gone without a word is missed at its next use', async () => {
  const [gone, whole] = [await alice(), await alice()];
  for (const { jar } of [gone, whole]) expect((await rig.call(jar)).status).toBe(200);
  await rig.bff.store.remove(gone.record);
  // Later than which a use is written again.
  await rig.advance(61);
  await expect.poll(async () => (await rig.call(gone.jar.clone())).status).toBe(401);
  expect(await rig.session(gone.jar)).toEqual({ authenticated: false, reason: 'expired' });
  expect((await rig.call(whole.jar)).status).toBe(200);
});

describe('a store that was emptied', () => {
  requirement(
    'BFF-SESS-08',
    'everybody is anonymous, nobody is somebody else, and all can sign in',
    async () => {
      const people = [await alice(), await alice()];
      if (rig.bff.store.kind === 'sqlite') await rig.bff.stop();
      await rig.bff.store.wipe();
      if (rig.bff.store.kind !== 'sqlite') {
        // What an instance has in memory stays good until it next asks whether the store is there.
        for (const { jar } of people) {
          await expect
            .poll(async () => (await rig.call(jar.clone())).status, { timeout: 3_000 })
            .not.toBe(200);
          expect([401, 503]).toContain((await rig.call(jar.clone())).status);
        }
      }
      await rig.bff.restart();
      for (const { jar } of people) {
        expect((await rig.call(jar.clone())).status).toBe(401);
        expect(await rig.session(jar.clone())).toEqual({ authenticated: false, reason: 'expired' });
      }
      const [first] = people;
      if (first) await rig.signIn(first.jar, { user: { sub: first.sub } });
      expect((await rig.call(first?.jar ?? rig.jar())).status).toBe(200);
      const old = people[1]?.jar ?? rig.jar();
      expect((await old.fetch(rig.bff.paths.logout, { method: 'POST' })).status).toBe(200);
    },
  );
});

describe('a backup that is put back', () => {
  requirement(
    ['BFF-SESS-08', 'BFF-REF-05'],
    'who signed in later is anonymous, and whose tokens moved on is served or refused, never mixed up',
    async () => {
      const [moved, left] = [await alice(), await alice()];
      if (rig.bff.store.kind === 'sqlite') await rig.bff.stop();
      const putBack = await rig.bff.store.backUp();
      if (rig.bff.store.kind === 'sqlite') await rig.bff.restart();
      await rig.advance(301);
      expect((await rig.call(moved.jar)).status).toBe(200);
      const copy = left.jar.clone();
      await left.jar.fetch(rig.bff.paths.logout, { method: 'POST' });
      const later = await alice();

      await rig.bff.stop();
      await putBack();
      await rig.bff.restart();
      expect(await rig.session(later.jar.clone())).toMatchObject({ authenticated: false });
      expect((await rig.call(later.jar.clone())).status).toBe(401);
      // The old refresh token is used once more, which the provider takes for theft: that session is over, cleanly.
      const answer = await rig.call(moved.jar.clone());
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ reason: 'refused' });
      // A backup from before a sign-out knows nothing of it (docs/stores.md), but its grant was revoked.
      expect((await rig.call(copy)).status).toBe(401);
      for (const { jar, sub } of [moved, left, later]) {
        await rig.signIn(jar, { user: { sub } });
        expect(await rig.session(jar)).toMatchObject({ user: { sub } });
      }
    },
  );

  // A SQLite file is put back while nobody has it open.
  if (wantedKind() === 'sqlite') return;
  requirement('BFF-SESS-08', 'put back under a running instance it mixes nobody up either', async () => {
    const moved = await alice();
    const putBack = await rig.bff.store.backUp();
    await rig.advance(301);
    expect((await rig.call(moved.jar)).status).toBe(200);
    const later = await alice();
    expect((await rig.call(later.jar)).status).toBe(200);
    await putBack();
    await rig.advance(301);
    for (const { jar, sub } of [moved, later]) {
      const answer = await rig.call(jar.clone());
      expect([200, 401], `${sub}: ${answer.status}`).toContain(answer.status);
      const view = await rig.session(jar.clone());
      if (view.authenticated) expect(view).toMatchObject({ user: { sub } });
    }
    await expect.poll(async () => (await rig.call(later.jar.clone())).status).toBe(401);
    await rig.signIn(later.jar, { user: { sub: later.sub } });
    expect(await rig.session(later.jar)).toMatchObject({ user: { sub: later.sub } });
  });
});
