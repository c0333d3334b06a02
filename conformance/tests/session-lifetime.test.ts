import { type Jar, withMembers } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const minute = 60;

/** Idle after 30 minutes, over after two hours; access tokens live five minutes. */
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ idleTimeout: 30 * minute, absoluteTimeout: 120 * minute });
});
afterEach(() => {
  rig.reset();
  delete rig.as.settings.refreshTokenLifetime;
});
afterAll(() => rig.close());

/** A call is refused for want of a session, its cookie is taken away, and the API hears nothing. */
async function expectEnded(jar: Jar, reason: string) {
  rig.upstream.clearRecords();
  const refused = await rig.call(jar);
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ code: 'session_required', reason });
  expect(rig.upstream.hits()).toBe(0);
  expect(jar.cookie(rig.bff.cookies.ticket)).toBeUndefined();
}

/** The last use has been written down: until then this clock, which leaps, must not move on. */
async function expectUsed(jar: Jar) {
  await expect.poll(async () => (await rig.session(jar)).idleExpiresIn).toBeGreaterThan(29 * minute);
}

requirement('BFF-SESS-03', 'polling the session endpoint does not keep an unused session alive', async () => {
  const jar = await rig.signedIn();
  expect((await rig.call(jar)).status).toBe(200);
  for (let minutes = 0; minutes < 30; minutes += 5) {
    expect(await rig.session(jar)).toMatchObject({ authenticated: true });
    await rig.advance(5 * minute);
  }
  await rig.advance(1);
  await expectEnded(jar, 'idle');
});

requirement('BFF-SESS-03', 'nor do calls in the background, whether they succeed or not', async () => {
  const jar = await rig.signedIn();
  for (let minutes = 0; minutes < 30; minutes += 5) {
    const answer = await jar.fetch('/api/notes', { headers: { 'coatcheck-background': '1' } });
    expect(answer.status).toBe(200);
    expect(rig.upstream.requests.at(-1)?.headers).not.toHaveProperty('coatcheck-background');
    await rig.advance(5 * minute);
  }
  await rig.advance(1);
  await expectEnded(jar, 'idle');
});

requirement(
  'BFF-SESS-03',
  'use of the API keeps it alive, and so does the wish to stay signed in',
  async () => {
    const [working, extending] = [await rig.signedIn(), await rig.signedIn()];
    for (let minutes = 0; minutes < 80; minutes += 20) {
      await rig.advance(20 * minute);
      expect((await rig.call(working)).status).toBe(200);
      expect((await extending.fetch(rig.bff.paths.extend, { method: 'POST' })).status).toBe(200);
      await expectUsed(working);
    }
    for (const jar of [working, extending])
      expect(await rig.session(jar)).toMatchObject({ authenticated: true });
  },
);

requirement('BFF-SESS-03', 'a session that went idle is not brought back by extending it', async () => {
  const jar = await rig.signedIn();
  await rig.advance(30 * minute + 1);
  const refused = await jar.clone().fetch(rig.bff.paths.extend, { method: 'POST' });
  expect(refused.status).toBe(401);
  await expectEnded(jar, 'idle');
});

requirement('BFF-SESS-03', 'the idle time holds across a restart', async () => {
  const jar = await rig.signedIn();
  await rig.advance(20 * minute);
  await rig.bff.restart();
  expect((await rig.call(jar)).status).toBe(200);
  await rig.advance(30 * minute + 1);
  await expectEnded(jar, 'idle');
});

advisory(
  18,
  'BFF-SESS-04',
  'activity and refreshes do not carry a session past its absolute end',
  async () => {
    const before = await rig.bff.store.records();
    const jar = await rig.signedIn();
    const end = Date.parse(String((await rig.session(jar)).expiresAt));
    const mine = (await rig.bff.store.records()).filter((record) => !before.includes(record));
    expect(mine).toHaveLength(1);
    for (let minutes = 0; minutes < 115; minutes += 5) {
      await rig.advance(5 * minute);
      expect((await rig.call(jar)).status).toBe(200);
    }
    expect(
      rig.as.requestsOf('token').filter(({ form }) => form.get('grant_type') === 'refresh_token').length,
    ).toBeGreaterThan(20);
    expect(Date.parse(String((await rig.session(jar)).expiresAt))).toBe(end);
    const ticket = jar.cookie(rig.bff.cookies.ticket) ?? '';
    await rig.advance(5 * minute + 1);
    const refreshToken = rig.as.issued().findLast(({ kind }) => kind === 'refresh_token')?.value ?? '';
    expect(rig.as.isActive(refreshToken)).toBe(true);
    // The browser has dropped the cookie by now; whoever kept a copy gets no further.
    expect(jar.cookie(rig.bff.cookies.ticket)).toBeUndefined();
    jar.setCookie(rig.bff.cookies.ticket, ticket);
    expect((await rig.call(jar)).status).toBe(401);
    expect(await rig.bff.store.records()).not.toContain(mine[0]);
  },
);

requirement(
  'BFF-SESS-04',
  'a kept copy of the cookie is refused after the absolute end, with the reason',
  async () => {
    const jar = await rig.signedIn();
    const ticket = jar.cookie(rig.bff.cookies.ticket) ?? '';
    for (let minutes = 0; minutes < 120; minutes += 20) {
      expect((await rig.call(jar)).status).toBe(200);
      if (minutes < 100) await expectUsed(jar);
      await rig.advance(20 * minute);
    }
    await rig.advance(1);
    jar.setCookie(rig.bff.cookies.ticket, ticket);
    expect(await rig.session(jar.clone())).toEqual({ authenticated: false, reason: 'expired' });
    await expectEnded(jar, 'expired');
  },
);

requirement('BFF-SESS-05', 'a session does not outlive a refresh token whose life is known', async () => {
  rig.as.settings.refreshTokenLifetime = 600;
  const jar = rig.jar();
  const answer = await rig.signIn(jar);
  const maxAge = answer.setCookies.find(({ name }) => name === rig.bff.cookies.ticket)?.maxAge ?? Infinity;
  expect(maxAge).toBeLessThanOrEqual(600);
  expect((await rig.session(jar)).expiresIn).toBeLessThanOrEqual(600);
  const ticket = jar.cookie(rig.bff.cookies.ticket) ?? '';
  for (let minutes = 0; minutes < 9; minutes += 3) {
    await rig.advance(3 * minute);
    expect((await rig.call(jar)).status).toBe(200);
  }
  await rig.advance(minute + 1);
  jar.setCookie(rig.bff.cookies.ticket, ticket);
  await expectEnded(jar, 'expired');
});

for (const [said, members, longest] of [
  ['as text', { refresh_expires_in: '600' }, 600],
  ['by another name', { refresh_token_expires_in: 600 }, 600],
  ['as never', { refresh_expires_in: 0 }, 120 * minute],
  ['as nonsense', { refresh_expires_in: 'soon' }, 120 * minute],
  ['as less than nothing', { refresh_expires_in: -5 }, 120 * minute],
  ['as too much', { refresh_expires_in: 1e12 }, 120 * minute],
] as const) {
  requirement('BFF-SESS-05', `the life of a refresh token that is told ${said} is understood`, async () => {
    rig.as.change('tokenResponse', 'once', withMembers(members));
    const jar = await rig.signedIn();
    const { expiresIn } = await rig.session(jar);
    expect(expiresIn).toBeLessThanOrEqual(longest);
    expect(expiresIn).toBeGreaterThan(longest - 30);
  });
}

requirement(
  'BFF-SESS-05',
  'nor does it outlive the end that the provider gives it in the ID token',
  async () => {
    const end = Math.floor(Date.now() / 1_000) + rig.as.settings.clockOffset + 600;
    rig.as.settings.idTokenClaims = { session_expiry: end };
    const jar = await rig.signedIn();
    rig.as.settings.idTokenClaims = {};
    expect((await rig.session(jar)).expiresIn).toBeLessThanOrEqual(600);
    const ticket = jar.cookie(rig.bff.cookies.ticket) ?? '';
    await rig.advance(601);
    jar.setCookie(rig.bff.cookies.ticket, ticket);
    await expectEnded(jar, 'expired');
  },
);

requirement(
  'BFF-COOK-07',
  'no cookie lives longer than its session, and the last one dies with it',
  async () => {
    const jar = rig.jar();
    const answer = await rig.signIn(jar);
    const set = answer.setCookies.filter(({ maxAge }) => maxAge !== 0);
    expect(set.map(({ name }) => name)).toContain(rig.bff.cookies.ticket);
    for (const { name, maxAge } of set) expect(maxAge, name).toBeLessThanOrEqual(120 * minute);
  },
);

requirement('BFF-COOK-07', 'what deletes a cookie repeats its name, path and attributes', async () => {
  const jar = rig.jar();
  const made = (await rig.signIn(jar)).setCookies.find(({ name }) => name === rig.bff.cookies.ticket);
  const idle = jar.clone();
  const loggedOut = await jar.fetch(rig.bff.paths.logout, { method: 'POST', json: {} });
  await rig.advance(30 * minute + 1);
  const ended = await rig.call(idle);
  for (const answer of [loggedOut, ended]) {
    const deletion = answer.setCookies.find(({ name }) => name === rig.bff.cookies.ticket);
    const { secure, httpOnly, sameSite, path, domain, partitioned } = made ?? {};
    expect(deletion).toMatchObject({ value: '', maxAge: 0, secure, httpOnly, sameSite, path, partitioned });
    expect(deletion?.domain).toBe(domain);
  }
});

requirement('BFF-COOK-07', 'after a sign-out the browser holds none of our cookies', async () => {
  const jar = await rig.signedIn();
  const answer = await jar.fetch(rig.bff.paths.logout, { method: 'POST', json: {} });
  const { redirectTo }: { redirectTo?: unknown } = Object(await answer.json());
  const state = new URL(String(redirectTo)).searchParams.get('state') ?? '';
  await jar.navigate(`${rig.bff.paths.logoutCallback}?state=${state}`, { site: 'cross-site' });
  await rig.advance(11); // the count of recent sign-ins lives ten seconds
  expect([...jar.cookies.keys()]).toEqual([]);
});

advisory(19, [], 'a copy of the cookie is worth nothing after the sign-out', async () => {
  const jar = await rig.signedIn();
  const stolen = jar.clone();
  expect((await rig.call(stolen)).status).toBe(200);
  await jar.fetch(rig.bff.paths.logout, { method: 'POST', json: {} });
  expect(await rig.session(stolen.clone())).toEqual({ authenticated: false, reason: 'signed-out' });
  await expectEnded(stolen, 'signed-out');
});

requirement('BFF-COOK-07', 'where cookies shall not persist they have no Max-Age', async () => {
  await rig.bff.restart({ config: { session: { persistent: false } } });
  const jar = rig.jar();
  const answer = await rig.signIn(jar);
  const ticket = answer.setCookies.find(({ name }) => name === rig.bff.cookies.ticket);
  expect(ticket?.maxAge).toBeUndefined();
  expect(ticket?.expires).toBeUndefined();
});
