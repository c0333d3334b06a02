import { faults, type Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { auditEvents } from '../evidence/log-lines.ts';
import { refreshTokensSent } from '../evidence/tokens.ts';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    instances: 2,
    as: { signingAlgorithm: 'ES256' },
    provider: { config: { requestTimeout: '3s' } },
  });
});
afterEach(async () => {
  rig.bff.pin(undefined);
  await rig.as.comeBack();
  rig.reset();
});
afterAll(() => rig.close());

function signOut(jar: Jar, json?: Record<string, unknown>) {
  return jar.fetch(rig.bff.paths.logout, { method: 'POST', ...(json ? { json } : {}) });
}

const revoked = () => rig.as.requestsOf('revocation').map(({ form }) => form.get('token'));
const newestRefreshToken = () => rig.as.issued().findLast(({ kind }) => kind === 'refresh_token')?.value;

/** Nobody may use this copy of the cookies; where it was cached, after a second at the latest. */
async function expectDeadEverywhere(jar: Jar): Promise<void> {
  for (const instance of [0, 1]) {
    rig.bff.pin(instance);
    await expect
      .poll(async () => (await rig.call(jar.clone())).status, { interval: 20, timeout: 1_000 })
      .toBe(401);
    const answer = await rig.call(jar.clone());
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'session_required', reason: 'signed-out' });
    expect(await rig.session(jar.clone())).toEqual({ authenticated: false, reason: 'signed-out' });
    expect((await jar.clone().fetch(rig.bff.paths.extend, { method: 'POST' })).status).toBe(401);
  }
  rig.bff.pin(undefined);
}

requirement('BFF-LOGOUT-01', 'a copy of the cookie is worth nothing after the sign-out', async () => {
  const jar = await rig.signedIn();
  for (const instance of [0, 1, 0, 1]) {
    rig.bff.pin(instance);
    await rig.call(jar);
  }
  const copy = jar.clone();
  rig.upstream.clearRecords();
  rig.bff.pin(0);
  expect((await signOut(jar)).status).toBe(200);
  expect(jar.cookie(rig.bff.cookies.ticket)).toBeUndefined();
  await rig.bff.restart({}, 0);
  await expectDeadEverywhere(copy);
  expect(rig.upstream.hits()).toBe(0);
});

requirement('BFF-LOGOUT-01', 'at an instance that had it cached it is refused within a second', async () => {
  const jar = await rig.signedIn();
  rig.bff.pin(1);
  await rig.call(jar);
  const copy = jar.clone();
  rig.bff.pin(0);
  await signOut(jar);
  const started = performance.now();
  rig.bff.pin(1);
  await expect.poll(async () => (await rig.call(copy.clone())).status, { interval: 20 }).toBe(401);
  expect(performance.now() - started).toBeLessThan(1_000);
});

requirement('BFF-LOGOUT-02', 'nothing but a POST of our own pages signs out', async () => {
  const jar = await rig.signedIn();
  const { logout } = rig.bff.paths;
  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const answer = await jar.fetch(logout, { method, site: 'same-origin' });
    expect(answer.status, method).toBe(405);
    expect(answer.headers.get('allow'), method).toContain('POST');
  }
  for (const site of ['cross-site', 'same-site', 'none'] as const) {
    expect((await jar.navigate(logout, { site })).status).toBe(405);
    expect((await jar.navigate(logout, { site, method: 'POST' })).status).toBe(403);
    expect((await jar.fetch(logout, { site, method: 'POST' })).status).toBe(403);
  }
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
  expect(revoked()).toEqual([]);
});

requirement(
  'BFF-LOGOUT-02',
  'a body that makes no sense signs nobody out, and signing out twice is fine',
  async () => {
    const jar = await rig.signedIn();
    const { logout } = rig.bff.paths;
    for (const [type, body, status] of [
      ['application/json', '{', 400],
      ['application/json', '[]', 400],
      ['application/json', '{"local":"yes"}', 400],
      ['application/json', '{"__proto__":{"local":true}}', 400],
      ['application/json', '{"return_to":["/"]}', 400],
      ['application/x-www-form-urlencoded', 'return_to=%ff', 400],
      ['application/x-www-form-urlencoded', 'local=true&local=true', 400],
      ['text/plain', 'x', 415],
      ['multipart/form-data; boundary=x', '--x--', 415],
      ['application/json', JSON.stringify({ return_to: `/${'x'.repeat(20_000)}` }), 413],
    ] as const) {
      const answer = await jar.fetch(logout, { method: 'POST', headers: { 'content-type': type }, body });
      expect(answer.status, `${type} ${body.slice(0, 40)}`).toBe(status);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }
    expect(await rig.session(jar)).toMatchObject({ authenticated: true });
    expect((await signOut(jar)).status).toBe(200);
    const again = await signOut(jar);
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual({ redirectTo: null });
  },
);

requirement('BFF-LOGOUT-02', 'a JSON string is no form', async () => {
  const jar = await rig.signedIn();
  for (const body of ['"x"', '"local=true"', '"return_to=/x"', '1', 'true']) {
    const headers = { 'content-type': 'application/json' };
    expect((await jar.fetch(rig.bff.paths.logout, { method: 'POST', headers, body })).status, body).toBe(400);
  }
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
});

requirement(
  'BFF-LOGOUT-03',
  'the refresh token is revoked, with hint and client authentication',
  async () => {
    const jar = await rig.signedIn();
    const token = newestRefreshToken();
    const access = rig.as.issued().findLast(({ kind }) => kind === 'access_token')?.value ?? '';
    await signOut(jar);
    await expect.poll(revoked).toContain(token);
    const request = rig.as.requestsOf('revocation').find(({ form }) => form.get('token') === token);
    expect(request?.form.get('token_type_hint')).toBe('refresh_token');
    expect(request?.client?.clientId).toBe(rig.as.client.clientId);
    expect(request?.query.size).toBe(0);
    // The access token goes with its grant (RFC 7009 §2.1), which is why the BFF sends no second request.
    expect(rig.as.isActive(access)).toBe(false);
  },
);

requirement(
  'BFF-LOGOUT-03',
  'it is the newest one, also where another instance has just renewed it',
  async () => {
    for (let round = 0; round < 5; round += 1) {
      const jar = await rig.signedIn();
      await rig.advance(290);
      rig.bff.pin(1);
      await jar.fetch(rig.bff.paths.session);
      rig.bff.pin(0);
      expect((await rig.call(jar)).status).toBe(200);
      const newest = newestRefreshToken();
      expect(refreshTokensSent(rig.as)).not.toContain(newest);
      rig.bff.pin(1);
      await signOut(jar);
      await expect.poll(revoked, { message: `round ${round}` }).toContain(newest);
    }
  },
);

const troubles = {
  'a revocation that answers 503': () => rig.as.on('revocation', 'always', faults.status(503)),
  'a revocation that never answers': () => rig.as.on('revocation', 'always', faults.never()),
  'a revocation that breaks': () => rig.as.on('revocation', 'always', faults.reset()),
  'a revocation that redirects': () =>
    rig.as.on('revocation', 'always', faults.redirect('https://evil.test/')),
  'a provider that is down': () => rig.as.goDown(),
};

for (const [trouble, arrange] of Object.entries(troubles)) {
  requirement('BFF-LOGOUT-03', `${trouble} delays no sign-out, and is logged`, async () => {
    const jar = await rig.signedIn();
    const copy = jar.clone();
    const logged = failures().length;
    await arrange();
    const started = performance.now();
    const answer = await signOut(jar);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(answer.status).toBe(200);
    expect(jar.cookie(rig.bff.cookies.ticket)).toBeUndefined();
    await expectDeadEverywhere(copy);
    await expect.poll(() => failures().length, { timeout: 8_000 }).toBe(logged + 1);
  });
}

const failures = () => auditEvents(rig.bff.log()).filter(({ event }) => event === 'token.revocation_failed');

requirement('BFF-LOGOUT-03', 'nor does metadata that a new process cannot load', async () => {
  const jar = await rig.signedIn();
  const copy = jar.clone();
  rig.as.clearRecords();
  rig.as.on('discovery', 2, faults.status(503));
  const stop = rig.as.on('discovery', 'always', faults.never());
  await rig.bff.restart();
  await expect.poll(() => rig.as.hits('discovery')).toBe(2);
  // After the pause that follows a failure the sign-out is the first to ask again.
  await rig.advance(60);
  const started = performance.now();
  const answer = await signOut(jar);
  const waited = performance.now() - started;
  stop();
  await expectDeadEverywhere(copy);
  await rig.bff.kill();
  await rig.bff.restart();
  expect(answer.status).toBe(200);
  expect(waited).toBeLessThan(1_500);
});

requirement(
  ['BFF-LOGOUT-04', 'BFF-LEAK-05'],
  'the provider is told who asks, where to return, and no more',
  async () => {
    const states = new Set<string | null>();
    for (const form of [false, true]) {
      const jar = await rig.signedIn();
      const answer = form
        ? await jar.navigate(rig.bff.paths.logout, { method: 'POST', site: 'same-origin' })
        : await signOut(jar);
      const body: { redirectTo?: string } = form ? {} : Object(await answer.json());
      expect(answer.status).toBe(form ? 303 : 200);
      const url = new URL(body.redirectTo ?? answer.location ?? '');
      expect(`${url.origin}${url.pathname}`).toBe(`${rig.as.issuer}/logout`);
      expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'post_logout_redirect_uri', 'state']);
      expect(url.searchParams.get('client_id')).toBe(rig.as.client.clientId);
      expect(url.searchParams.get('post_logout_redirect_uri')).toBe(
        `${rig.bff.url}${rig.bff.paths.logoutCallback}`,
      );
      expect(url.searchParams.get('state')).toMatch(/^[\w-]{22,}$/);
      states.add(url.searchParams.get('state'));
    }
    expect(states.size).toBe(2);
  },
);

/** Signs out at the provider too. @returns where the provider sends the browser back to */
async function leave(jar: Jar, wishes: Record<string, unknown> = {}): Promise<string> {
  const { redirectTo }: { redirectTo?: string } = Object(await (await signOut(jar, wishes)).json());
  const back = await fetch(redirectTo ?? '', { redirect: 'manual' });
  return back.headers.get('location') ?? '';
}

requirement('BFF-LOGOUT-04', 'the way back ends where the person wanted to go, once', async () => {
  const jar = await rig.signedIn();
  const url = await leave(jar, { return_to: '/bye?x=1#y' });
  const back = await jar.navigate(url, { site: 'cross-site' });
  expect(back.status).toBe(303);
  expect(back.headers.get('location')).toBe('/bye?x=1#y');
  expect([...jar.cookies.keys()].filter((name) => name.endsWith('-logout'))).toEqual([]);
  const again = await jar.navigate(url, { site: 'cross-site' });
  expect(again.status).toBe(200);
  expect(again.location).toBeUndefined();
});

requirement(
  'BFF-LOGOUT-04',
  'a sign-out that stays here, or ends all sessions, does what it says',
  async () => {
    const [here, other, foreign] = [
      await rig.signedIn(),
      await rig.signedIn(),
      await rig.signedIn({ user: { sub: 'bob' } }),
    ];
    const local = await signOut(here.clone(), { local: true });
    expect(await local.json()).toEqual({ redirectTo: null });
    expect(await rig.session(other)).toMatchObject({ authenticated: true });
    const third = await rig.signedIn();
    expect((await signOut(third, { everywhere: true })).status).toBe(200);
    await expectDeadEverywhere(other);
    expect(await rig.session(foreign)).toMatchObject({ authenticated: true });
  },
);

requirement(
  'BFF-LOGOUT-05',
  'a return without the state of this browser’s sign-out is a harmless page',
  async () => {
    const jar = await rig.signedIn();
    const url = await leave(jar, { return_to: '/stored-target' });
    const foreign = await rig.signedIn();
    const theirs = new URL(await leave(foreign, { return_to: '/foreign' })).searchParams.get('state');
    const own = new URL(url).searchParams.get('state') ?? '';
    const { logoutCallback } = rig.bff.paths;
    for (const query of [
      '',
      '?state=',
      `?state=${theirs}`,
      `?state=${own}x`,
      `?state=${own.slice(0, -1)}`,
      `?state=${own}&state=${own}`,
      `?state[]=${own}`,
      '?state=%ff',
      `?state=x&return_to=/stored-target`,
    ]) {
      const answer = await jar.navigate(`${logoutCallback}${query}`, { site: 'cross-site' });
      expect(answer.status, query).toBe(200);
      expect(answer.location, query).toBeUndefined();
      expect(answer.headers.get('content-type')).toContain('text/html');
      expect(await answer.text()).not.toMatch(/stored-target|foreign/);
    }
    // Whoever has no such cookie gets the page too; the state alone says nothing.
    const stranger = await rig.jar().navigate(`${logoutCallback}?state=${own}`, { site: 'cross-site' });
    expect(stranger.location).toBeUndefined();
    expect((await jar.navigate(url, { site: 'cross-site' })).headers.get('location')).toBe('/stored-target');
  },
);

advisory(
  48,
  'BFF-LOGOUT-01',
  'a use that is written down late brings no signed-out session back',
  async () => {
    for (let round = 0; round < 10; round += 1) {
      const jar = await rig.signedIn();
      // From now on every use is worth a write.
      await rig.advance(120);
      const { extend, session } = rig.bff.paths;
      const uses = Array.from({ length: 8 }, (_, at) => {
        const tab = jar.clone();
        return at % 2 === 0 ? rig.call(tab) : tab.fetch(extend, { method: 'POST' });
      });
      const copy = jar.clone();
      await Promise.all([...uses, signOut(jar), jar.clone().fetch(session)]);
      await expectDeadEverywhere(copy);
    }
  },
);

advisory(
  48,
  'BFF-LOGOUT-01',
  '“stay signed in” never says yes to a session that was ended before',
  async () => {
    const wrong: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      const jar = await rig.signedIn();
      const copy = jar.clone();
      rig.bff.pin(1);
      await copy.fetch(rig.bff.paths.session);
      rig.bff.pin(0);
      await signOut(jar);
      rig.bff.pin(1);
      // It writes to the store, so it can know: no cache excuses it.
      const answer = await copy.fetch(rig.bff.paths.extend, { method: 'POST' });
      if (answer.status !== 401) wrong.push(`round ${round}: ${answer.status}`);
    }
    expect(wrong).toEqual([]);
  },
);
