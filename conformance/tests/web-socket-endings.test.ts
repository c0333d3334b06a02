import type { Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { logOutByProvider, newestSid } from '../endings/logout-token.ts';
import { inTime } from '../endings/standing.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';
import { openWebSocket, type PageWebSocket } from '../wire/web-socket.ts';

/** Three instances: WebSockets are open in each, and one of them ends the session. */
const instances = [0, 1, 2];
const routes = ({ url }: { url: string }) => [{ prefix: '/api', upstream: url, webSockets: true }];
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ instances: instances.length, as: { signingAlgorithm: 'ES256' }, routes });
});
afterEach(() => {
  rig.bff.pin(undefined);
  rig.reset();
});
afterAll(() => rig.close());

async function openAt(instance: number, jar: Jar): Promise<PageWebSocket> {
  rig.bff.pin(instance);
  const page = openWebSocket(rig, jar);
  await page.opened;
  rig.bff.pin(undefined);
  return page;
}

interface Ending {
  readonly make: (jar: Jar, sid: string) => Promise<unknown>;
  readonly reason: string;
}

const endings: Record<string, Ending> = {
  'a sign-out': {
    make: (jar) => jar.clone().fetch(rig.bff.paths.logout, { method: 'POST' }),
    reason: 'signed-out',
  },
  'a logout token': { make: (_, sid) => logOutByProvider(rig, { sid }), reason: 'provider-logout' },
  'the administration': {
    make: () => rig.bff.endSubject(rig.as.issuer, 'talking'),
    reason: 'revoked',
  },
  'a newer sign-in': {
    make: (jar) => rig.signIn(jar.clone(), { user: { sub: 'other' } }),
    reason: 'replaced',
  },
  'a refused refresh': {
    async make(jar) {
      rig.as.revokeGrants('talking');
      await rig.advance(301);
      expect((await rig.call(jar.clone())).status).toBe(401);
    },
    reason: 'refused',
  },
};

for (const [at, [ending, { make, reason }]] of Object.entries(endings).entries()) {
  requirement(
    'BFF-STREAM-02',
    `${ending} in one instance closes the WebSockets of that session in all, and says why`,
    async () => {
      const jar = await rig.signedIn({ user: { sub: 'talking' } });
      const sid = newestSid(rig.as);
      const bystander = await openAt(0, await rig.signedIn({ user: { sub: 'bystander' } }));
      const pages: PageWebSocket[] = [];
      for (const instance of instances) pages.push(await openAt(instance, jar));
      const upstreamSides = rig.upstream.webSockets.slice(-instances.length);
      rig.bff.pin(at % instances.length);
      await make(jar, sid);
      const endedAt = performance.now();
      await inTime(Promise.all(pages.map(({ closed }) => closed)), 'all are closed');
      for (const page of pages) {
        const { code, reason: why, at: closedAt } = await page.closed;
        expect({ code, why }).toEqual({ code: 4401, why: reason });
        expect(closedAt - endedAt).toBeLessThan(1_000);
      }
      await expect.poll(() => upstreamSides.map(({ readyState }) => readyState)).toEqual([3, 3, 3]);
      expect(bystander.socket.readyState).toBe(1);
      bystander.socket.terminate();
    },
  );
}

requirement(
  ['BFF-SESS-04', 'BFF-STREAM-02'],
  'a WebSocket ends with the absolute life of its session, however much is said on it',
  async () => {
    const brief = await startRig({
      as: { signingAlgorithm: 'ES256' },
      idleTimeout: 2,
      absoluteTimeout: 4,
      routes,
    });
    try {
      const jar = await brief.signedIn();
      const end = Date.parse(String((await brief.session(jar)).expiresAt));
      const page = openWebSocket(brief, jar);
      await page.opened;
      const talk = setInterval(() => page.socket.send('tick'), 100);
      await inTime(page.closed, 'it ends with its session', 10_000);
      clearInterval(talk);
      expect(await page.closed).toMatchObject({ code: 4401, reason: 'expired' });
      expect(Math.abs(Date.now() - end)).toBeLessThan(2_000);
    } finally {
      await brief.close();
    }
  },
  25_000,
);
