import type { Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Two instances on one store. */
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ instances: 2 });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

/** Calls the API at one instance. */
async function callAt(instance: number, jar: Jar): Promise<number> {
  rig.bff.pin(instance);
  const { status } = await rig.call(jar);
  rig.bff.pin(undefined);
  return status;
}

requirement(
  'BFF-SESS-11',
  'all sessions of a subject end at every instance, and nobody else is touched',
  async () => {
    const users = ['leaver', 'leaver', 'leaver', 'stayer', 'leaver2'].map((sub) => ({ user: { sub } }));
    const jars = await Promise.all(users.map((options) => rig.signedIn(options)));
    for (const instance of [0, 1]) for (const jar of jars) expect(await callAt(instance, jar)).toBe(200);
    const copies = jars.map((jar) => [jar.clone(), jar.clone()]);
    await rig.bff.endSubject(rig.as.issuer, 'leaver');
    for (const instance of [0, 1]) {
      await vi.waitFor(
        async () => {
          const statuses = [];
          for (const copy of copies)
            statuses.push(await callAt(instance, copy[instance]?.clone() ?? rig.jar()));
          expect(statuses).toEqual([401, 401, 401, 200, 200]);
        },
        { timeout: 3_000, interval: 50 },
      );
    }
    expect(await rig.session(jars[0] ?? rig.jar())).toEqual({ authenticated: false, reason: 'revoked' });
  },
);

requirement(
  'BFF-SESS-11',
  'the end of a subject survives a restart, and they may sign in again',
  async () => {
    const jar = await rig.signedIn({ user: { sub: 'returner' } });
    await rig.bff.endSubject(rig.as.issuer, 'returner');
    await rig.bff.restart();
    expect((await rig.call(jar.clone())).status).toBe(401);
    await rig.signIn(jar, { user: { sub: 'returner' } });
    expect((await rig.call(jar)).status).toBe(200);
  },
);

requirement('BFF-SESS-01', 'the session that a sign-in replaced ends at every instance', async () => {
  const jar = await rig.signedIn();
  for (const instance of [0, 1]) expect(await callAt(instance, jar)).toBe(200);
  const before = [jar.clone(), jar.clone()];
  await rig.signIn(jar, { user: { sub: 'next' } });
  for (const instance of [0, 1]) {
    await vi.waitFor(
      async () => expect(await callAt(instance, before[instance]?.clone() ?? rig.jar())).toBe(401),
      { timeout: 3_000, interval: 50 },
    );
    expect(await callAt(instance, jar)).toBe(200);
  }
});
