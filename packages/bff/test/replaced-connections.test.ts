import { type AuthorizationServer, type Jar, startAuthorizationServer } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Rig, startRig, until } from './rig.ts';

/** Two providers, at both of which people sign in and accounts are connected. */
let rig: Rig;
let other: AuthorizationServer;
beforeAll(async () => {
  other = await startAuthorizationServer();
  const main = await startAuthorizationServer();
  rig = await startRig({
    providers: [main, other].map((as, index) => ({
      id: index === 0 ? 'demo' : 'other',
      issuer: as.issuer,
      clientId: as.client.clientId,
      clientSecret: as.client.clientSecret,
    })),
  });
  rig = { ...rig, as: main };
});
afterEach(() => {
  for (const as of [rig.as, other]) {
    as.reset();
    as.clearRecords();
  }
});
afterAll(async () => {
  await rig.close();
  await Promise.all([other.close(), rig.as.close()]);
});

async function signIn(jar: Jar, sub: string, provider = 'demo'): Promise<void> {
  const as = provider === 'demo' ? rig.as : other;
  const start = await jar.navigate(`/bff/login?provider=${provider}`);
  const callback = await as.authorize(start.headers.get('location') ?? '', { user: { sub } });
  expect((await jar.navigate(callback, { site: 'cross-site' })).status).toBe(303);
  // From now on this process has it opened.
  expect((await jar.fetch('/bff/session')).status).toBe(200);
}

async function connect(jar: Jar, sub: string): Promise<void> {
  const begun = await jar.fetch('/bff/connections/other', { method: 'POST' });
  const { redirectTo } = (await begun.json()) as { redirectTo: string };
  const callback = await other.authorize(redirectTo, { user: { sub } });
  expect((await jar.navigate(callback, { site: 'cross-site' })).headers.get('location')).toBe('/');
  expect((await jar.fetch('/bff/session')).status).toBe(200);
}

const newest = (as: AuthorizationServer) =>
  as.issued().findLast(({ kind }) => kind === 'refresh_token')?.value ?? '';
const revokedAt = (as: AuthorizationServer) =>
  as.requestsOf('revocation').map(({ form }) => form.get('token'));

/** What is revoked at a provider when all work in the background is done: a sign-out's comes after it. */
async function revokedByNow(as: AuthorizationServer): Promise<(string | null)[]> {
  const jar = rig.browser();
  await signIn(jar, 'last', as === rig.as ? 'demo' : 'other');
  const last = newest(as);
  await jar.fetch('/bff/logout', { method: 'POST' });
  await until(() => revokedAt(as).includes(last), 'what was begun before is done');
  return revokedAt(as).filter((token) => token !== last);
}

it('BFF-SESS-01: somebody else in the same browser: the tokens of the connected account go too', async () => {
  const jar = rig.browser();
  await signIn(jar, 'alice');
  await connect(jar, 'alice-elsewhere');
  const [home, connected] = [newest(rig.as), newest(other)];
  await signIn(jar, 'bob');
  expect(await revokedByNow(rig.as)).toEqual([home]);
  expect(await revokedByNow(other)).toEqual([connected]);
});

it('BFF-SESS-01: oneself again: the connected account is not carried over, so its tokens go, and no other', async () => {
  const jar = rig.browser();
  await signIn(jar, 'again');
  await connect(jar, 'again-elsewhere');
  const connected = newest(other);
  await signIn(jar, 'again');
  expect(await revokedByNow(other)).toEqual([connected]);
  expect(await revokedByNow(rig.as)).toEqual([]);
});

it('BFF-SESS-01: signing in with the account that was connected takes none of its tokens back', async () => {
  const jar = rig.browser();
  await signIn(jar, 'carol');
  await connect(jar, 'carol-elsewhere');
  const home = newest(rig.as);
  await signIn(jar, 'carol-elsewhere', 'other');
  expect(await revokedByNow(rig.as)).toEqual([home]);
  expect(await revokedByNow(other)).toEqual([]);
});

it('another account in the place of a connected one: the tokens of the one before go, without a wait', async () => {
  const jar = rig.browser();
  await signIn(jar, 'dave');
  await connect(jar, 'dave-one');
  const one = newest(other);
  const gate = other.hold('revocation', 'before');
  await connect(jar, 'dave-two');
  const two = newest(other);
  await gate.arrived;
  gate.release();
  expect(await revokedByNow(other)).toEqual([one]);
  other.clearRecords();
  // The same account once more: a provider may take the new tokens with the old ones.
  await connect(jar, 'dave-two');
  expect(await revokedByNow(other)).toEqual([]);
  expect(other.isActive(two)).toBe(true);
});
