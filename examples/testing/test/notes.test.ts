import {
  type AuthorizationServer,
  controlSession,
  createJar,
  type SessionControl,
  signInByJar,
  startAuthorizationServer,
} from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type RunningApp, startApp } from './start-app.ts';

let as: AuthorizationServer;
let control: SessionControl;
let app: RunningApp;
beforeAll(async () => {
  as = await startAuthorizationServer();
  control = controlSession(as);
  app = await startApp(as, null);
});
afterEach(() => control.restore());
afterAll(async () => {
  await app.close();
  await as.close();
});

/** A browser in which somebody is signed in, with an access token that lives for two seconds. */
async function signedIn(sub: string) {
  const jar = createJar(app.url);
  control.signsIn({ sub });
  control.accessTokensLive(2);
  await signInByJar(jar, as, '/bff/login?provider=main');
  const session = async () => (await jar.fetch('/bff/session')).json();
  return { jar, session, expire: () => control.expireAccessToken(session) };
}

it('without a session nothing reaches the API', async () => {
  const answer = await createJar(app.url).fetch('/api/notes');
  expect([answer.status, answer.headers.get('coatcheck-problem')]).toEqual([401, 'session_required']);
});

it('everybody has notes of their own', async () => {
  const [alice, bob] = [await signedIn('alice'), await signedIn('bob')];
  await alice.jar.fetch('/api/notes', { method: 'POST', json: { text: 'mine' } });
  expect(await (await alice.jar.fetch('/api/notes')).json()).toEqual(['mine']);
  expect(await (await bob.jar.fetch('/api/notes')).json()).toEqual([]);
});

it('many calls with an expired token refresh it once', async () => {
  const { jar, expire } = await signedIn('carol');
  await expire();
  const before = as.hits('token');
  const answers = await Promise.all(Array.from({ length: 20 }, () => jar.fetch('/api/notes')));
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect(as.hits('token')).toBe(before + 1);
});

it('a revoked grant ends the session, and the refusal says why', async () => {
  const { jar, session, expire } = await signedIn('dave');
  await expire();
  control.revoke('dave');
  const answer = await jar.fetch('/api/notes');
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ code: 'session_required', reason: 'refused' });
  expect(await session()).toMatchObject({ authenticated: false });
});

it('a provider that is down signs nobody out', async () => {
  const { jar, session, expire } = await signedIn('erin');
  await expire();
  await control.idpDown();
  const answer = await jar.fetch('/api/notes');
  expect([answer.status, answer.headers.get('coatcheck-problem')]).toEqual([503, 'refresh_unavailable']);
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await session()).toMatchObject({ authenticated: true });
});
