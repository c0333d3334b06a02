import type { ProblemDetails, SessionView } from '@coatcheck/protocol';
import { type AuthorizationServer, handled, type Jar, startAuthorizationServer } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openSocket } from './proxy/websocket/sockets.ts';
import { type Rig, startRig, until } from './rig.ts';

let rig: Rig;
let other: AuthorizationServer;
beforeAll(async () => {
  other = await startAuthorizationServer();
  const main = await startAuthorizationServer();
  rig = await startRig(
    {
      providers: [main, other].map((as, index) => ({
        id: index === 0 ? 'demo' : 'other',
        issuer: as.issuer,
        clientId: as.client.clientId,
        clientSecret: as.client.clientSecret,
        scopes: ['openid', 'profile', 'email', 'offline_access'],
      })),
    },
    {},
    [
      { prefix: '/other', provider: 'other', resource: 'urn:other', websocket: true },
      { prefix: '/maybe', provider: 'other', resource: 'urn:other', session: 'optional' },
    ],
  );
  rig = { ...rig, as: main };
});
afterEach(() => {
  for (const as of [rig.as, other]) {
    as.reset();
    as.clearRecords();
    delete as.settings.sid;
    as.settings.accessTokenLifetime = 300;
  }
  rig.upstream.reset();
});
afterAll(async () => {
  await rig.close();
  await Promise.all([other.close(), rig.as.close()]);
});

async function viewOf(jar: Jar): Promise<SessionView> {
  return (await (await jar.fetch('/bff/session')).json()) as SessionView;
}

async function connectionsOf(jar: Jar): Promise<string[]> {
  const view = await viewOf(jar);
  return view.authenticated ? view.connections : [];
}

async function problemOf(jar: Jar, path: string): Promise<ProblemDetails> {
  return (await (await jar.fetch(path)).json()) as ProblemDetails;
}

async function signedIn(provider = 'demo'): Promise<Jar> {
  const jar = rig.browser();
  const start = await jar.navigate(`/bff/login?provider=${provider}`);
  const as = provider === 'demo' ? rig.as : other;
  await jar.navigate(await as.authorize(start.headers.get('location') ?? ''), { site: 'cross-site' });
  return jar;
}

/** Goes to the other provider; resolves to the callback, not opened yet. */
async function begin(jar: Jar, sub = 'else-7'): Promise<string> {
  const answer = await jar.fetch('/bff/connections/other', {
    method: 'POST',
    json: { return_to: '/profile' },
  });
  const { redirectTo } = (await answer.json()) as { redirectTo: string };
  return other.authorize(redirectTo, { user: { sub, name: 'Somebody Else' } });
}

async function connected(sub?: string): Promise<Jar> {
  const jar = await signedIn();
  const answer = await jar.navigate(await begin(jar, sub), { site: 'cross-site' });
  expect(answer.headers.get('location')).toBe('/profile');
  return jar;
}

describe('a connection', () => {
  it('adds the grant of another provider under a new id; who is signed in stays', async () => {
    const jar = await signedIn();
    expect(await problemOf(jar, '/other/x')).toMatchObject({
      status: 403,
      code: 'connection_required',
      provider: 'other',
    });
    expect((await viewOf(jar)).authenticated).toBe(true);
    const before = jar.clone();
    const first = await viewOf(jar);
    await jar.navigate(await begin(jar), { site: 'cross-site' });
    const view = await viewOf(jar);
    expect(view).toMatchObject({
      provider: 'demo',
      connections: ['demo', 'other'],
      user: { sub: 'alice-0001', name: 'Alice Example' },
      ...(first.authenticated ? { expiresAt: first.expiresAt } : {}),
    });
    expect(await viewOf(before)).toEqual({ authenticated: false, reason: 'replaced' });
    expect((await jar.fetch('/other/x')).status).toBe(200);
    expect((await jar.fetch('/api/x')).status).toBe(200);
  });

  it('each route gets the token of its own provider', async () => {
    const jar = await connected();
    const seen = async (path: string) => {
      rig.upstream.clearRecords();
      await jar.fetch(path);
      return String(rig.upstream.requests[0]?.headers.authorization).replace('Bearer ', '');
    };
    const tokens = (as: AuthorizationServer) => as.issued().map(({ value }) => value);
    expect(tokens(rig.as)).toContain(await seen('/api/x'));
    expect(tokens(other)).toContain(await seen('/other/x'));
  });

  it('a route that needs no session gets no token where nothing is connected', async () => {
    const jar = await signedIn();
    rig.upstream.clearRecords();
    expect((await jar.fetch('/maybe/x')).status).toBe(200);
    expect(rig.upstream.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('is guarded, needs a session, and another provider than that of the sign-in', async () => {
    const jar = await signedIn();
    const call = (browser: Jar, id: string, more: object = {}) =>
      browser.fetch(`/bff/connections/${id}`, { method: 'POST', ...more });
    expect((await call(jar, 'demo')).status).toBe(400);
    expect((await call(jar, 'nobody')).status).toBe(404);
    expect((await call(rig.browser(), 'other')).status).toBe(401);
    expect((await call(jar, 'other', { json: { return_to: 'https://evil.test' } })).status).toBe(400);
    expect((await call(jar, 'other', { site: 'cross-site' })).status).toBe(403);
    expect((await jar.fetch('/bff/connections/demo', { method: 'DELETE' })).status).toBe(400);
  });

  it('is not made for a session that was signed out meanwhile', async () => {
    const jar = await signedIn();
    const callback = await begin(jar);
    await jar.fetch('/bff/logout', { method: 'POST' });
    const refused = await jar.navigate(callback, { site: 'cross-site' });
    expect(refused.headers.get('location')).toBe('/profile?login_error=session_changed');
    expect((await viewOf(jar)).authenticated).toBe(false);
    await until(() => other.hits('revocation') === 1, 'what came is revoked');
  });

  it('is taken out by the person: its token is revoked, the sign-in stays', async () => {
    const jar = await connected();
    expect((await jar.fetch('/bff/connections/other', { method: 'DELETE' })).status).toBe(204);
    expect(await connectionsOf(jar)).toEqual(['demo']);
    expect((await problemOf(jar, '/other/x')).code).toBe('connection_required');
    expect((await jar.fetch('/api/x')).status).toBe(200);
    await until(() => other.hits('revocation') === 1, 'it is revoked');
    expect(rig.as.hits('revocation')).toBe(0);
    expect((await jar.fetch('/bff/connections/other', { method: 'DELETE' })).status).toBe(204);
  });

  it('a sign-out revokes all grants', async () => {
    const jar = await connected();
    await jar.fetch('/bff/logout', { method: 'POST' });
    await until(() => other.hits('revocation') + rig.as.hits('revocation') === 2, 'both are revoked');
  });
});

describe('the end of a connected account', () => {
  for (const [kind, claims] of [
    ['sid', (sid: string) => ({ sid })],
    ['sub', (_: string, sub: string) => ({ sub })],
  ] as const) {
    it(`BFF-LOGOUT-06: a logout token by ${kind} takes that grant only, at once and from every session`, async () => {
      other.settings.sid = `sid-${kind}`;
      const jars = [await connected(`gone-${kind}`), await connected(`gone-${kind}`)];
      const staying = await connected('staying');
      const token = await other.signLogoutToken(claims(`sid-${kind}`, `gone-${kind}`));
      const answer = await rig.browser().request('/bff/backchannel-logout/other', {
        method: 'POST',
        body: new URLSearchParams({ logout_token: token }),
      });
      expect(answer.status).toBe(200);
      for (const jar of jars) {
        expect((await problemOf(jar, '/other/x')).code).toBe('connection_required');
        expect(await connectionsOf(jar)).toEqual(['demo']);
        expect((await jar.fetch('/api/x')).status).toBe(200);
      }
      await until(() => other.hits('revocation') >= 2, 'the tokens are revoked');
      if (kind === 'sub') expect(await connectionsOf(staying)).toEqual(['demo', 'other']);
    });
  }

  it('BFF-LOGOUT-06: a logout token that comes while the code is redeemed wins', async () => {
    other.settings.sid = 'sid-late';
    const jar = await signedIn();
    const callback = await begin(jar, 'late');
    const gate = other.hold('token', 'after');
    const finish = jar.navigate(callback, { site: 'cross-site' });
    await gate.arrived;
    await rig.browser().request('/bff/backchannel-logout/other', {
      method: 'POST',
      body: new URLSearchParams({ logout_token: await other.signLogoutToken({ sid: 'sid-late' }) }),
    });
    gate.release();
    expect((await finish).headers.get('location')).toContain('login_error=signed_out_meanwhile');
    expect(await connectionsOf(jar)).toEqual(['demo']);
  });

  it('an operator who ends a person’s sessions takes the account out of those of others', async () => {
    const jar = await connected('dismissed');
    expect(await rig.app.coatcheck.endSubject(other.issuer, 'dismissed')).toBe(0);
    expect(await connectionsOf(jar)).toEqual(['demo']);
  });

  it('its streams hear that the claims changed', async () => {
    const jar = await connected('heard');
    const stream = await jar.stream('/bff/events');
    let text = '';
    void (async () => {
      for await (const part of stream.chunks) text += String(part);
    })().catch(() => undefined);
    await until(() => text.includes('event: session'), 'the stream speaks');
    await rig.browser().request('/bff/backchannel-logout/other', {
      method: 'POST',
      body: new URLSearchParams({ logout_token: await other.signLogoutToken({ sub: 'heard' }) }),
    });
    await until(() => text.includes('event: claims-changed'), 'it is told');
    await jar.fetch('/bff/logout', { method: 'POST' });
  });

  it('streams and WebSockets that live by it end, and those of the sign-in stay', async () => {
    const jar = await connected('streaming');
    rig.upstream.on('*', 'always', ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
      return handled;
    });
    const listen = async (path: string) => {
      const stream = await jar.stream(path, { headers: { accept: 'text/event-stream' } });
      let text = '';
      let isOver = false;
      void (async () => {
        for await (const part of stream.chunks) text += String(part);
      })()
        .catch(() => undefined)
        .finally(() => {
          isOver = true;
        });
      await until(() => text.includes('data: 1'), 'the stream speaks');
      return { isOver: () => isOver, text: () => text };
    };
    const [own, other] = [await listen('/api/x'), await listen('/other/x')];
    const socket = openSocket(rig, jar, { path: '/other/ws' });
    await socket.opened;
    await jar.fetch('/bff/connections/other', { method: 'DELETE' });
    await until(other.isOver, 'its stream ends');
    expect(other.text()).not.toContain('session-ended');
    expect(await socket.closed).toEqual({ code: 1012, reason: 'reconnect' });
    expect(own.isOver()).toBe(false);
    expect((await openSocket(rig, jar, { path: '/other/ws' }).refused).code).toBe('connection_required');
  });

  it('a connection survives a step-up, and its end is found after it', async () => {
    const jar = await connected('stepped');
    const start = await jar.navigate('/bff/login?acr_values=urn:mfa', { site: 'same-origin' });
    await jar.navigate(await rig.as.authorize(start.headers.get('location') ?? ''), { site: 'cross-site' });
    expect(await viewOf(jar)).toMatchObject({ acr: 'urn:mfa', connections: ['demo', 'other'] });
    expect((await jar.fetch('/other/x')).status).toBe(200);
    await rig.browser().request('/bff/backchannel-logout/other', {
      method: 'POST',
      body: new URLSearchParams({ logout_token: await other.signLogoutToken({ sub: 'stepped' }) }),
    });
    expect(await connectionsOf(jar)).toEqual(['demo']);
  });

  it('a refused refresh takes it out and ends nothing else', async () => {
    other.settings.accessTokenLifetime = 0;
    const jar = await connected('refused');
    other.revokeGrants('refused');
    expect((await problemOf(jar, '/other/x')).code).toBe('connection_required');
    expect(await viewOf(jar)).toMatchObject({ authenticated: true, connections: ['demo'] });
    expect((await jar.fetch('/api/x')).status).toBe(200);
  });

  it('a step-up waits for a refresh under way, and goes on with the rotated token', async () => {
    other.settings.accessTokenLifetime = 0;
    const jar = await connected('rotated');
    const start = await jar.navigate('/bff/login?acr_values=urn:mfa', { site: 'same-origin' });
    const callback = await rig.as.authorize(start.headers.get('location') ?? '');
    const gate = other.hold('token', 'after');
    const call = jar.clone().fetch('/other/x');
    await gate.arrived;
    const finish = jar.navigate(callback, { site: 'cross-site' });
    let isDone = false;
    void finish.then(() => {
      isDone = true;
    });
    await until(() => rig.as.hits('token') > 0, 'the code is redeemed');
    for (let look = 0; look < 30; look += 1) await viewOf(jar.clone());
    expect(isDone).toBe(false);
    gate.release();
    await call;
    expect((await finish).status).toBe(303);
    expect((await jar.fetch('/other/x')).status).toBe(200);
    expect(await connectionsOf(jar)).toEqual(['demo', 'other']);
  });

  it('a stronger sign-in at the connected provider is for the same account', async () => {
    const jar = await connected('strong');
    for (const [sub, status] of [
      ['weak', 403],
      ['strong', 303],
    ] as const) {
      const start = await jar.navigate('/bff/login?provider=other&max_age=0', { site: 'same-origin' });
      const callback = await other.authorize(start.headers.get('location') ?? '', { user: { sub } });
      expect((await jar.navigate(callback, { site: 'cross-site' })).status).toBe(status);
      expect(await viewOf(jar)).toMatchObject({ provider: 'demo', connections: ['demo', 'other'] });
    }
  });
});
