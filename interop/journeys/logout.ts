import { expect } from 'vitest';
import type { Journey } from './journey.ts';

export const logoutJourneys: readonly Journey[] = [
  {
    name: 'signs out here and at the server, and the tokens are dead',
    async make(stage) {
      const { bff, kind, server } = stage;
      const { jar, person } = await stage.signIn();
      const token = await stage.call(jar);
      const answer = await jar.navigate(bff.paths.logout, { method: 'POST', site: 'same-origin' });
      expect(answer.status).toBe(303);
      expect(await stage.session(jar)).toMatchObject({ authenticated: false });
      expect((await jar.fetch('/api/notes')).status).toBe(401);

      if (kind.offers.revocation && kind.offers.refresh !== 'none') {
        await expect.poll(async () => stage.passedTo('revocation_endpoint').at(-1)?.status).toBe(200);
        if (kind.offers.accessToken === 'opaque') expect(await server.isLive(token)).toBe(false);
      }
      if (!kind.offers.rpInitiatedLogout) return;
      expect(new URL(answer.location ?? '').pathname).toBe(stage.pathOf('end_session_endpoint'));
      const landed = await person.signOut(answer.location ?? '');
      expect(new URL(landed).origin).toBe(bff.url);
      expect((await jar.navigate(landed, { site: 'cross-site' })).status).toBe(303);
      await stage.signIn({ person });
      expect(person.passwordsTyped).toBe(2);
    },
  },
  {
    name: 'hears of a sign-out at the server by the back channel',
    isOffered: ({ backchannelLogout }) => backchannelLogout !== false,
    async make(stage) {
      const { backchannelLogout } = stage.kind.offers;
      const { jar, person } = await stage.signIn();
      const { jar: other } = await stage.signIn();
      await person.signOut(`${stage.front.origin}${stage.pathOf('end_session_endpoint')}`);
      await expect.poll(() => stage.session(jar)).toMatchObject({ authenticated: false });
      const isForOne = backchannelLogout !== 'by-subject';
      await expect.poll(() => stage.session(other)).toMatchObject({ authenticated: isForOne });
    },
  },
  {
    name: 'hears of a sign-out at the server by the front channel, in a frame that gets no cookie',
    isOffered: ({ frontchannelLogout }) => frontchannelLogout,
    async make(stage) {
      const { bff } = stage;
      const { jar, person } = await stage.signIn();
      const { jar: other } = await stage.signIn();
      await person.signOut(`${stage.front.origin}${stage.pathOf('end_session_endpoint')}`);
      const [frame] = person.frames;
      expect(new URL(frame ?? '').pathname).toBe(bff.paths.frontchannelLogout);
      const headers = { 'sec-fetch-dest': 'iframe' };
      expect((await bff.jar().navigate(frame ?? '', { site: 'cross-site', headers })).status).toBe(200);
      expect(await stage.session(jar)).toMatchObject({ authenticated: false });
      expect(await stage.session(other)).toMatchObject({ authenticated: true });
    },
  },
];
