import { authorizationError, type Jar } from '@coatcheck/testing';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ as: { algorithms: ['ES256'] } });
});
afterEach(() => {
  rig.reset();
  Object.assign(rig.as.settings, { signingAlgorithm: 'RS256', accessTokenFormat: 'jwt' });
});
afterAll(() => rig.close());

/** The ticket of a browser, which must be there. */
function ticketOf(jar: Jar): string {
  const ticket = jar.cookie(rig.bff.cookies.ticket);
  if (ticket === undefined) throw new Error('no ticket');
  return ticket;
}

/** A browser with nothing but one ticket. */
function bearing(ticket: string): Jar {
  const jar = rig.jar();
  jar.setCookie(rig.bff.cookies.ticket, ticket);
  return jar;
}

/** Whose token the API saw last. */
function subjectAtUpstream(): unknown {
  const { authorization = '' } = rig.upstream.requests.at(-1)?.headers ?? {};
  return decodeJwt(authorization.replace('Bearer ', '')).sub;
}

advisory(
  [15, 33, 46],
  'BFF-SESS-01',
  'a planted cookie is replaced at sign-in and opens nothing afterwards',
  async () => {
    const attacker = await rig.signedIn({ user: { sub: 'mallory' } });
    const victim = attacker.clone(); // all of the attacker's cookies, as a sibling domain or an open machine would plant them
    const planted = ticketOf(victim);
    await rig.signIn(victim, { user: { sub: 'victim' } });
    expect(ticketOf(victim)).not.toBe(planted);
    expect(await rig.session(victim)).toMatchObject({ user: { sub: 'victim' } });
    rig.upstream.clearRecords();
    for (const jar of [attacker, bearing(planted)]) {
      expect((await rig.call(jar)).status).toBe(401);
      expect(await rig.session(jar)).toMatchObject({ authenticated: false });
    }
    expect(rig.upstream.hits()).toBe(0);
  },
);

requirement('BFF-SESS-01', 'a planted value that no one ever issued is replaced too', async () => {
  for (const planted of ['attacker', 'A'.repeat(200), encodeURIComponent('a;b=c')]) {
    const jar = bearing(planted);
    expect((await rig.call(jar)).status).toBe(401);
    await rig.signIn(jar);
    expect(ticketOf(jar)).not.toBe(planted);
    expect((await rig.call(bearing(planted))).status).toBe(401);
  }
});

requirement('BFF-SESS-01', 'a planted ticket alone never becomes the session of who signs in', async () => {
  // The callback is reached cross-site and does not see the Strict ticket, so it cannot end that session; it is and
  // stays the attacker's own, and the browser gets another.
  const attacker = await rig.signedIn({ user: { sub: 'mallory' } });
  const victim = bearing(ticketOf(attacker));
  await rig.signIn(victim, { user: { sub: 'victim' } });
  expect(ticketOf(victim)).not.toBe(ticketOf(attacker));
  expect(await rig.session(victim)).toMatchObject({ user: { sub: 'victim' } });
  expect(await rig.session(attacker)).toMatchObject({ user: { sub: 'mallory' } });
});

requirement('BFF-SESS-01', 'who signs in as A and then as B in one browser is B everywhere', async () => {
  const jar = await rig.signedIn({ user: { sub: 'person-a', email: 'a@example.test' } });
  await rig.call(jar);
  expect(subjectAtUpstream()).toBe('person-a');
  const asA = jar.clone();
  const answer = await rig.signIn(jar, { user: { sub: 'person-b', email: 'b@example.test' } });
  expect(answer.headers.get('clear-site-data')).toContain('"cache"');
  const view = await rig.session(jar);
  expect(view).toMatchObject({ user: { sub: 'person-b', email: 'b@example.test' } });
  expect(JSON.stringify(view)).not.toContain('person-a');
  const calls = await Promise.all(Array.from({ length: 10 }, () => rig.call(jar)));
  for (const { status } of calls) expect(status).toBe(200);
  expect(subjectAtUpstream()).toBe('person-b');
  expect(await rig.session(asA.clone())).toEqual({ authenticated: false, reason: 'replaced' });
  expect((await rig.call(asA)).status).toBe(401);
});

advisory(
  25,
  'BFF-SESS-01',
  'a sign-in that fails leaves the old session as it was, one that works ends it',
  async () => {
    const jar = await rig.signedIn();
    const before = ticketOf(jar);
    await jar.navigate(rig.bff.loginPath(), { site: 'same-origin' });
    expect(ticketOf(jar)).toBe(before);
    rig.as.change('authorizationResponse', 'once', authorizationError('access_denied'));
    await rig.finish(jar, await rig.begin(jar));
    expect(ticketOf(jar)).toBe(before);
    expect((await rig.call(jar)).status).toBe(200);
    await rig.signIn(jar);
    expect(ticketOf(jar)).not.toBe(before);
    expect((await rig.call(bearing(before))).status).toBe(401);
  },
);

advisory(
  16,
  'BFF-SESS-01',
  'nothing that a browser had before the sign-in has a meaning after it',
  async () => {
    const jar = rig.jar();
    await rig.session(jar);
    await rig.call(jar);
    expect([...jar.cookies.keys()]).toEqual([]); // no session before the sign-in, so no attributes and no CSRF secret
    const callback = await rig.begin(jar);
    const before = [...jar.cookies.values()];
    await rig.finish(jar, callback);
    for (const { name, value } of before) {
      const tossed = rig.jar();
      tossed.setCookie(name, value);
      tossed.setCookie(rig.bff.cookies.ticket, value);
      expect(await rig.session(tossed)).toMatchObject({ authenticated: false });
    }
  },
);

requirement(
  'BFF-SESS-02',
  '1,000 tickets are all different, long, and hold nothing that can be read',
  async () => {
    // The cheapest tokens: this is about what we issue.
    Object.assign(rig.as.settings, { signingAlgorithm: 'ES256', accessTokenFormat: 'opaque' });
    const tickets: string[] = [];
    for (let round = 0; round < 50; round += 1) {
      const jars = await Promise.all(Array.from({ length: 20 }, () => rig.signedIn()));
      tickets.push(...jars.map(ticketOf));
    }
    expect(new Set(tickets).size).toBe(1_000);
    for (const ticket of tickets) {
      expect(decodeURIComponent(ticket).length).toBeGreaterThanOrEqual(64);
      const readings = decodeURIComponent(ticket)
        .split(/[.;:|~]/)
        .flatMap((part) => [
          part,
          Buffer.from(part, 'base64').toString('latin1'),
          Buffer.from(part, 'hex').toString(),
        ]);
      expect(readings.join(' ')).not.toMatch(/alice|example|canary|"id"|"key"|issuer/);
    }
  },
);

requirement(
  'BFF-SESS-06',
  'the session endpoint answers with JSON, never with a redirect, and says no more than it may',
  async () => {
    const anonymous = await rig.jar().fetch(rig.bff.paths.session);
    expect([anonymous.status, anonymous.location]).toEqual([200, undefined]);
    expect(anonymous.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await anonymous.json()).toEqual({ authenticated: false, reason: 'none' });

    const user = {
      phone_number: '+1 555 0100',
      address: { street_address: 'Secret Lane 1' },
      birthdate: '1990-01-01',
      internal_risk: 'high',
      preferred_username: 'al',
    };
    const jar = await rig.signedIn({ user });
    const answer = await jar.fetch(rig.bff.paths.session);
    expect([answer.status, answer.location]).toEqual([200, undefined]);
    const view = await rig.session(jar);
    const allowed = [
      ...[
        'authenticated',
        'user',
        'provider',
        'connections',
        'scopes',
        'roles',
        'acr',
        'amr',
        'createdAt',
        'expiresAt',
      ],
      ...['expiresIn', 'idleExpiresAt', 'idleExpiresIn', 'accessTokenExpiresAt', 'accessTokenExpiresIn'],
    ];
    expect(Object.keys(view).filter((name) => !allowed.includes(name))).toEqual([]);
    const claims = [
      'sub',
      'name',
      'given_name',
      'family_name',
      'preferred_username',
      'email',
      'email_verified',
      'picture',
      'locale',
    ];
    expect(Object.keys({ ...(view.user ?? {}) }).filter((name) => !claims.includes(name))).toEqual([]);
    expect(await answer.text()).not.toMatch(/Secret Lane|555|1990|internal|nonce|sid|at_hash|eyJ|canary/);
    expect(view.expiresIn).toBeGreaterThan(0);
    expect(Date.parse(String(view.expiresAt))).toBeGreaterThan(Date.now());
  },
);

requirement(
  'BFF-SESS-07',
  'sign-ins begun in three tabs all finish, in any order, and one session is left',
  async () => {
    const jar = rig.jar();
    const callbacks = [];
    for (const tab of ['one', 'two', 'three']) callbacks.push(await rig.begin(jar, { returnTo: `/${tab}` }));
    const tickets: string[] = [];
    for (const [index, callback] of [...callbacks.entries()].reverse()) {
      const answer = await rig.finish(jar, callback);
      expect(answer.headers.get('location')).toBe(`/${['one', 'two', 'three'][index]}`);
      expect(await rig.session(jar)).toMatchObject({ authenticated: true });
      tickets.push(ticketOf(jar));
    }
    const asked = rig.as.requestsOf('authorize').map(({ query }) => query);
    for (const name of ['nonce', 'state', 'code_challenge']) {
      expect(new Set(asked.map((query) => query.get(name))).size, name).toBe(3);
    }
    expect(rig.as.hits('token')).toBe(3);
    const statuses = await Promise.all(
      tickets.map(async (ticket) => (await rig.call(bearing(ticket))).status),
    );
    expect(statuses).toEqual([401, 401, 200]);
  },
);

advisory(29, [], 'who is not signed in gets no byte of the API, and the API no call', async () => {
  rig.upstream.on('*', 'always', () => ({ status: 200, body: 'upstream-bytes' }));
  for (const send of [
    (jar: Jar) => jar.fetch('/api/notes'),
    (jar: Jar) => jar.navigate('/api/notes', { site: 'same-origin' }),
    (jar: Jar) => jar.fetch('/api/notes', { method: 'POST', json: { title: 'x' } }),
    (jar: Jar) => jar.navigate('/api/notes', { site: 'cross-site' }),
  ]) {
    const answer = await send(rig.jar());
    expect([401, 403]).toContain(answer.status);
    expect(answer.location).toBeUndefined();
    expect(await answer.text()).not.toContain('upstream-bytes');
  }
  expect(rig.upstream.hits()).toBe(0);
});
