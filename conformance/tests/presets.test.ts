import { forge, type Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import { expectRefusedSignIn } from '../evidence/refused-sign-in.ts';
import { type Imitation, presets } from '../presets.ts';
import { advisory } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

for (const preset of presets) {
  const { name } = preset;
  describe(name, () => {
    let rig: Rig;
    /** Its id in the configuration. */
    let own: string;
    let imitation: Imitation;
    beforeAll(async () => {
      rig = await startRig({ ...preset.rig, second: { issParameter: false } });
    });
    beforeEach(async () => {
      imitation = preset.imitate(rig.as);
      own = new URL(await rig.begin(rig.jar())).pathname.split('/').at(-1) ?? '';
      rig.as.clearRecords();
    });
    afterEach(() => rig.reset());
    afterAll(() => rig.close());

    /** Refused before anything was sent anywhere. */
    async function expectRefused(jar: Jar, callback: string): Promise<void> {
      const hits = rig.as.hits('token');
      const answer = await rig.finish(jar, callback);
      expect(answer.status).toBe(400);
      expect(rig.as.hits('token')).toBe(hits);
      expect(jar.cookie(rig.bff.cookies.ticket)).toBeUndefined();
    }

    advisory(
      [14, 75],
      ['BFF-CB-01', 'BFF-CB-02'],
      `${name}: each sign-in has a state of its own, and no answer counts without it or elsewhere`,
      async () => {
        const [first, second] = [rig.jar(), rig.jar()];
        const callbacks = [new URL(await rig.begin(first)), new URL(await rig.begin(second))] as const;
        const [one, other] = callbacks.map(({ searchParams }) => searchParams.get('state') ?? '');
        expect(one).toMatch(/^[\w-]{32,}$/);
        expect(one).not.toBe(other);
        await expectRefused(second, callbacks[0].href);
        for (const state of [null, '', other, `${one}x`]) {
          const changed = new URL(callbacks[0]);
          if (state === null) changed.searchParams.delete('state');
          else changed.searchParams.set('state', state ?? '');
          await expectRefused(first.clone(), changed.href);
        }
        expect((await rig.finish(first, callbacks[0].href)).status).toBe(303);
        expect(await rig.session(first)).toMatchObject({ authenticated: true });
      },
    );

    advisory(50, 'BFF-CB-05', `${name}: its answer counts at no other provider\u2019s callback`, async () => {
      const at = (id: string, { searchParams }: URL) => `${rig.bff.paths.callback(id)}?${searchParams}`;
      const jar = rig.jar();
      const ours = new URL(await rig.begin(jar, { provider: own }));
      await expectRefused(jar.clone(), at('other', ours));
      const foreign = new URL(await rig.begin(jar, { provider: 'other' }));
      await expectRefused(jar.clone(), at(own, foreign));
      expect(rig.otherAs.hits('token')).toBe(0);
      expect((await rig.finish(jar, ours.href)).status).toBe(303);
    });

    if (preset.verifiesEmail)
      advisory(26, [], `${name}: an address is at a domain only if it is one address there`, async () => {
        for (const address of [
          'a@evil.test@example.test',
          'a@example.test@evil.test',
          '"a@evil.test"@example.test',
          'a@evil.test,b@example.test',
          'a@evil.test b@example.test',
          'a@evil.test\n@example.test',
          'a@notexample.test',
          'a@sub.example.test',
          'a@example.test.evil.test',
          'a@example.test.',
          'a@example.test ',
          'a@еxample.test',
          '@example.test',
          'example.test',
          '',
          null,
          ['a@example.test'],
          { address: 'a@example.test' },
        ]) {
          imitation.setEmail(address, true);
          await expectRefusedSignIn(rig, ['not_allowed']);
        }
        imitation.setEmail('a@example.test', false);
        await expectRefusedSignIn(rig, ['not_allowed']);
        for (const address of ['a@example.test', 'a.b+c@EXAMPLE.test']) {
          imitation.setEmail(address, true);
          await rig.signedIn();
        }
      });

    if (preset.protocol === 'oauth2') return;

    advisory(
      47,
      'BFF-IDT-12',
      `${name}: a max_age that was asked for is checked at the callback`,
      async () => {
        const more = { max_age: '60' };
        for (const authTime of [Math.floor(Date.now() / 1_000) - 600, undefined]) {
          rig.as.change('idToken', 'once', forge.claims({ auth_time: authTime }));
          await expectRefusedSignIn(rig, ['step_up_failed'], { more });
        }
        await rig.signIn(rig.jar(), { more });
      },
    );

    advisory(63, [], `${name}: what an ID token says at a refresh replaces what was known`, async () => {
      const jar = await rig.signedIn({ user: { sub: 'promoted', roles: ['user', 'admin'], name: 'Before' } });
      expect(await rig.session(jar)).toMatchObject({ roles: ['user', 'admin'], user: { name: 'Before' } });
      await rig.advance(301);
      rig.as.change('idToken', 'once', forge.claims({ roles: ['user'], name: 'After' }));
      expect((await rig.call(jar)).status).toBe(200);
      expect(await rig.session(jar)).toMatchObject({ roles: ['user'], user: { name: 'After' } });
    });
  });
}
