import type { Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { expectEnded, expectSignedIn } from '../endings/standing.ts';
import { advisory } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Two instances that both have the session of the weaker sign-in cached. */
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ instances: 2, as: { signingAlgorithm: 'ES256' } });
});
afterEach(() => {
  delete rig.as.settings.acr;
  delete rig.as.settings.amr;
  rig.bff.pin(undefined);
  rig.reset();
});
afterAll(() => rig.close());

async function signInWith(jar: Jar, acr: string, amr: string[]): Promise<void> {
  Object.assign(rig.as.settings, { acr, amr });
  await rig.signIn(jar, { more: { acr_values: acr } });
}

advisory(
  59,
  'BFF-SESS-01',
  'after a stronger sign-in no instance serves what it has cached of the weaker one, nor the other way round',
  async () => {
    const jar = rig.jar();
    const levels = [
      ['urn:test:1', ['pwd']],
      ['urn:test:2', ['pwd', 'otp']],
      ['urn:test:1', ['pwd']],
    ] as const;
    let before: Jar | undefined;
    for (const [acr, amr] of levels) {
      await signInWith(jar, acr, [...amr]);
      for (const instance of [0, 1]) {
        rig.bff.pin(instance);
        expect(await rig.session(jar.clone())).toMatchObject({ authenticated: true, acr, amr });
      }
      if (before) await expectEnded(rig, before, 'replaced');
      await expectSignedIn(rig, jar);
      before = jar.clone();
    }
  },
);

advisory(
  59,
  'BFF-SESS-01',
  'a second factor that is not done yet leaves the first session as it was',
  async () => {
    const jar = rig.jar();
    await signInWith(jar, 'urn:test:1', ['pwd']);
    await expectSignedIn(rig, jar);
    const callback = await rig.begin(jar, { more: { acr_values: 'urn:test:2' } });
    for (const instance of [0, 1]) {
      rig.bff.pin(instance);
      expect(await rig.session(jar.clone())).toMatchObject({ acr: 'urn:test:1' });
    }
    // The provider says the weaker level again: no session of a level that nobody asked for.
    rig.as.settings.acr = 'urn:test:1';
    expect((await rig.finish(jar, callback)).status).toBe(403);
    expect(await rig.session(jar)).toMatchObject({ authenticated: true, acr: 'urn:test:1' });
  },
);
