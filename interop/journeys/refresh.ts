import { expect } from 'vitest';
import type { PassedRequest } from '../front.ts';
import type { Stage } from '../stage.ts';
import type { Journey } from './journey.ts';

export const refreshJourneys: readonly Journey[] = [
  {
    name: 'refreshes before a call, twice, as the server rotates or does not',
    isOffered: ({ refresh }) => refresh !== 'none',
    async make(stage) {
      const { kind, server } = stage;
      const { jar } = await stage.signIn();
      const before = refreshes(stage).length;
      const first = await stage.call(jar);
      const second = await stage.callAfterExpiry(jar);
      const third = await stage.callAfterExpiry(jar);
      expect(new Set([first, second, third]).size).toBe(3);
      expect(await server.isLive(third)).toBe(true);

      const made = refreshes(stage).slice(before);
      expect(made.every(({ status }) => status === 200)).toBe(true);
      const sent = made.map(({ form }) => form.get('refresh_token'));
      const rotates = kind.offers.refresh === 'rotates';
      expect(new Set(sent).size).toBe(rotates ? sent.length : 1);
      expect(sent.length).toBeGreaterThanOrEqual(2);
    },
  },
  {
    name: 'refreshes once for ten calls at a time',
    isOffered: ({ refresh }) => refresh !== 'none',
    async make(stage) {
      const { kind, bff } = stage;
      const { jar } = await stage.signIn();
      const before = refreshes(stage).length;
      if (kind.accessTokenLife > 5) await bff.advance(kind.accessTokenLife * 1_000);
      else await stage.callAfterExpiry(jar);
      const calls = await Promise.all(Array.from({ length: 10 }, () => jar.fetch('/api/notes')));
      expect(calls.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
      if (kind.accessTokenLife > 5) expect(refreshes(stage)).toHaveLength(before + 1);
    },
  },
  {
    name: 'calls no API when the server has withdrawn the grant, and ends the session if the server says so',
    isOffered: ({ refresh, revocation }) => refresh !== 'none' && revocation,
    async make(stage) {
      const { kind, bff } = stage;
      const { jar } = await stage.signIn();
      await stage.call(jar);
      const refreshToken = stage.passedTo('token_endpoint').at(-1)?.answer.refresh_token;
      await stage.server.revoke?.(String(refreshToken));
      if (kind.accessTokenLife > 5) await bff.advance(kind.accessTokenLife * 1_000);
      const options = { timeout: 15_000, interval: 100 };
      const said = kind.offers.saysInvalidGrant;
      await expect.poll(async () => (await jar.fetch('/api/notes')).status, options).toBe(said ? 401 : 503);
      expect(await stage.session(jar)).toMatchObject({ authenticated: !said });
    },
  },
];

function refreshes(stage: Stage): PassedRequest[] {
  const all = stage.passedTo('token_endpoint');
  return all.filter(({ form }) => form.get('grant_type') === 'refresh_token');
}
