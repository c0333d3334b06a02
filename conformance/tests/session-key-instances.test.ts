import type { Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { logOutByProvider, newestSid } from '../endings/logout-token.ts';
import { callAt, expectEnded } from '../endings/standing.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/*
 * New keys come in by the product's own command while two instances run: the key is announced, each instance is
 * restarted in turn, the key is activated, each is restarted again. Between these steps the instances disagree on the
 * keys, and nobody may notice.
 */
let rig: Rig;
/** Everybody who is signed in, from every stage. */
const people: { readonly when: string; readonly jar: Jar }[] = [];
beforeAll(async () => {
  rig = await startRig({ instances: 2, as: { signingAlgorithm: 'ES256' } });
});
afterEach(() => {
  rig.bff.pin(undefined);
  rig.reset();
});
afterAll(() => rig.close());

async function signInAtEach(when: string): Promise<void> {
  for (const instance of [0, 1]) {
    rig.bff.pin(instance);
    people.push({ when: `${when}, at ${instance}`, jar: await rig.signedIn({ user: { sub: 'rotated' } }) });
  }
  rig.bff.pin(undefined);
}

/** Everybody is known to both, with the cookies that each instance may have sealed anew. */
async function expectAllHere(stage: string): Promise<void> {
  for (const { when, jar } of people) {
    for (const instance of [0, 1, 0]) {
      rig.bff.pin(instance);
      const message = `${when}; now ${stage}, at ${instance}`;
      expect(await rig.session(jar), message).toMatchObject({ authenticated: true });
      expect((await rig.call(jar)).status, message).toBe(200);
      const listed: unknown = await (await jar.fetch(rig.bff.paths.sessions)).json();
      expect(Array.isArray(listed) ? listed.length : listed, message).toBe(people.length);
    }
  }
  rig.bff.pin(undefined);
}

/** A sign-in that begins at one instance and ends at the other. */
async function signInAcross(from: number): Promise<void> {
  rig.bff.pin(from);
  const jar = rig.jar();
  const callback = await rig.begin(jar, { user: { sub: 'across' } });
  rig.bff.pin(1 - from);
  expect((await rig.finish(jar, callback)).status).toBe(303);
  expect(await callAt(rig, from, jar)).toBe(200);
  await jar.fetch(rig.bff.paths.logout, { method: 'POST' });
}

async function restartInTurn(stage: string): Promise<void> {
  for (const instance of [0, 1]) {
    await rig.bff.restart({}, instance);
    const now = `${stage}, restarted up to ${instance}`;
    await expectAllHere(now);
    await signInAtEach(now);
    for (const from of [0, 1]) await signInAcross(from);
  }
}

requirement(
  'BFF-SESS-09',
  'a key is announced and activated over two instances without a single sign-out',
  async () => {
    await signInAtEach('at first');
    await rig.bff.rotateKeys('announce');
    await restartInTurn('announced');
    await rig.bff.rotateKeys('activate');
    await restartInTurn('activated');
    // Tickets are sealed anew by now, records have the new index hashes, and refreshes go on.
    await rig.advance(301);
    await expectAllHere('all is done');
  },
  60_000,
);

requirement(
  ['BFF-SESS-09', 'BFF-LOGOUT-06'],
  'what ends sessions still finds those from every stage',
  async () => {
    const bystander = await rig.signedIn({ user: { sub: 'bystander' } });
    const [first, ...others] = people.map(({ jar }) => jar);
    const newest = await rig.signedIn({ user: { sub: 'rotated' } });
    expect((await logOutByProvider(rig, { sid: newestSid(rig.as) })).status).toBe(200);
    await expectEnded(rig, newest, 'provider-logout');
    rig.bff.pin(1);
    const answer = await first?.fetch(`${rig.bff.paths.sessions}?others=1`, { method: 'DELETE' });
    expect(await answer?.json()).toEqual({ ended: others.length });
    const endedAt = performance.now();
    for (const jar of others) await expectEnded(rig, jar, 'revoked', endedAt);
    await rig.bff.endSubject(rig.as.issuer, 'rotated');
    await expectEnded(rig, first ?? rig.jar(), 'revoked');
    expect(await callAt(rig, 0, bystander)).toBe(200);
  },
);

requirement(
  'BFF-SESS-09',
  'after two more rotations the oldest key opens nothing, and who came by meanwhile is still here',
  async () => {
    const [regular, absent] = [await rig.signedIn(), await rig.signedIn()];
    for (let round = 0; round < 3; round += 1) {
      for (const step of ['announce', 'activate'] as const) {
        await rig.bff.rotateKeys(step);
        await rig.bff.restart({}, 0);
        rig.bff.pin(0);
        expect(await rig.session(regular)).toMatchObject({ authenticated: true });
      }
    }
    await rig.bff.restart({}, 1);
    for (const instance of [0, 1]) {
      expect(await callAt(rig, instance, regular)).toBe(200);
      expect(await callAt(rig, instance, absent)).toBe(401);
    }
    expect(await rig.session(absent)).toEqual({ authenticated: false, reason: 'none' });
  },
  120_000,
);
