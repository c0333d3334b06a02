import type { DeviceSessionView, SessionView } from '@coatcheck/protocol';
import { createEventStream, type Jar } from '@coatcheck/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Rig, startRig, until } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

async function viewOf(jar: Jar): Promise<SessionView> {
  return (await (await jar.fetch('/bff/session')).json()) as SessionView;
}

async function subjectOf(jar: Jar): Promise<string> {
  const view = await viewOf(jar);
  if (!view.authenticated) throw new Error('nobody is signed in');
  return view.user.sub;
}

async function sessionsOf(jar: Jar): Promise<DeviceSessionView[]> {
  return (await (await jar.fetch('/bff/sessions')).json()) as DeviceSessionView[];
}

async function reasonOf(jar: Jar): Promise<string> {
  const view = await viewOf(jar);
  return view.authenticated ? 'signed in' : view.reason;
}

async function signedIn(): Promise<Jar> {
  const jar = rig.browser();
  await rig.signIn(jar);
  return jar;
}

async function listen(jar: Jar): Promise<{ status: number; text: () => string; ended: () => boolean }> {
  const stream = await jar.stream('/bff/events');
  let text = '';
  let ended = false;
  void (async () => {
    for await (const part of stream.chunks) text += String(part);
    ended = true;
  })().catch(() => {
    ended = true;
  });
  return { status: stream.status, text: () => text, ended: () => ended };
}

const post = (token: string) =>
  rig.browser().request('/bff/backchannel-logout/demo', {
    method: 'POST',
    body: new URLSearchParams({ logout_token: token }),
  });

describe('back-channel logout', () => {
  it('BFF-LOGOUT-06: ends every session of a subject, with the reason', async () => {
    const [one, two] = [await signedIn(), await signedIn()];
    const answer = await post(await rig.as.signLogoutToken({ sub: await subjectOf(one) }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await reasonOf(one)).toBe('provider-logout');
    expect(await reasonOf(two)).toBe('provider-logout');
  });

  it('BFF-LOGOUT-08, advisory 34: takes a jti once; the session after it survives', async () => {
    const jar = await signedIn();
    const token = await rig.as.signLogoutToken({ sub: await subjectOf(jar) });
    expect((await post(token)).status).toBe(200);
    const later = await signedIn();
    expect((await post(token)).status).toBe(400);
    expect(await reasonOf(later)).toBe('signed in');
  });

  it('BFF-LOGOUT-08: counts a session that is not there as ended', async () => {
    expect((await post(await rig.as.signLogoutToken({ sid: 'nobody' }))).status).toBe(200);
  });

  it('BFF-LOGOUT-09: revokes what this process had opened', async () => {
    const jar = await signedIn();
    const before = rig.as.hits('revocation');
    await post(await rig.as.signLogoutToken({ sub: await subjectOf(jar) }));
    await until(() => rig.as.hits('revocation') > before, 'revocation');
  });

  it('refuses what is no form with one logout token', async () => {
    const jar = rig.browser();
    expect(
      (await jar.request('/bff/backchannel-logout/demo', { method: 'POST', json: { logout_token: 'x' } }))
        .status,
    ).toBe(400);
    expect(
      (
        await jar.request('/bff/backchannel-logout/demo', {
          method: 'POST',
          body: 'logout_token=a&logout_token=b',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        })
      ).status,
    ).toBe(400);
    expect((await jar.get('/bff/backchannel-logout/demo')).status).toBe(405);
  });
});

describe('front-channel logout', () => {
  it('BFF-LOGOUT-10: may be framed by the provider alone, and ends nothing without the right pair', async () => {
    const jar = await signedIn();
    const page = await rig
      .browser()
      .get(`/bff/frontchannel-logout?iss=${encodeURIComponent(rig.as.issuer)}&sid=nobody`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain(`frame-ancestors ${rig.as.issuer}`);
    expect(await reasonOf(jar)).toBe('signed in');
  });
});

describe('sessions of a person', () => {
  it('lists them with device and use, and ends one, or all others', async () => {
    const first = rig.browser();
    const start = await first.navigate('/bff/login');
    const callback = await rig.as.authorize(start.headers.get('location') ?? '');
    await first.navigate(callback, {
      site: 'cross-site',
      headers: {
        'user-agent':
          'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      },
    });
    const second = await signedIn();
    const third = await signedIn();
    const list = await sessionsOf(first);
    const own = list.find((one) => one.current);
    expect(own).toMatchObject({ device: 'Chrome on Linux', current: true });
    expect(list.length).toBeGreaterThanOrEqual(3);
    const secondId = (await sessionsOf(second)).find((one) => one.current)?.id;
    expect((await first.fetch(`/bff/sessions/${secondId}`, { method: 'DELETE' })).status).toBe(204);
    expect(await reasonOf(second)).toBe('revoked');
    expect((await first.fetch('/bff/sessions?others=1', { method: 'DELETE' })).status).toBe(200);
    expect(await reasonOf(third)).toBe('revoked');
    expect(await reasonOf(first)).toBe('signed in');
  });

  it("finds nobody else's session, guessed or not", async () => {
    const jar = await signedIn();
    for (const id of ['x', '%2e%2e', 'A'.repeat(16)]) {
      expect((await jar.fetch(`/bff/sessions/${id}`, { method: 'DELETE' })).status).toBe(404);
    }
    expect((await rig.browser().fetch('/bff/sessions')).status).toBe(401);
    expect((await jar.fetch('/bff/sessions', { method: 'DELETE' })).status).toBe(400);
  });
});

describe('events', () => {
  it('stops an EventSource of nobody', async () => {
    expect((await listen(rig.browser())).status).toBe(204);
  });

  it('tells how things stand, of an extension, and of the end with its reason', async () => {
    const jar = await signedIn();
    const events = await listen(jar);
    await until(() => events.text().includes('event: session'), 'first event');
    await jar.fetch('/bff/session/extend', { method: 'POST' });
    await until(() => events.text().includes('event: extended'), 'extension');
    await jar.clone().fetch('/bff/logout', { method: 'POST' });
    await until(() => events.ended(), 'end of the stream');
    expect(events.text()).toMatch(/event: ended\ndata: \{"type":"ended","reason":"signed-out"\}/);
    expect(events.text()).not.toContain('canary');
  });

  it('BFF-STREAM-02: cuts a forwarded event stream when the session ends', async () => {
    const jar = await signedIn();
    let open = true;
    const events = createEventStream();
    rig.upstream.on('/api/stream', 'once', events.handler);

    const stream = await jar.stream('/api/stream', { headers: { accept: 'text/event-stream' } });
    void (async () => {
      for await (const _ of stream.chunks);
    })()
      .catch(() => undefined)
      .finally(() => {
        open = false;
      });
    await jar.clone().fetch('/bff/logout', { method: 'POST' });
    await until(() => !open, 'the stream to be cut');
  });
});

it('BFF-LOGOUT-03: a sign-out everywhere revokes the tokens of the other sessions too', async () => {
  const jar = await signedIn();
  const theirs = rig.as.issued().findLast(({ kind }) => kind === 'refresh_token')?.value;
  // From here on this process has it opened.
  expect(await reasonOf(jar)).toBe('signed in');
  await (await signedIn()).fetch('/bff/logout', { method: 'POST', json: { everywhere: true } });
  expect(await reasonOf(jar)).toBe('signed-out');
  const revoked = () => rig.as.requestsOf('revocation').map(({ form }) => form.get('token'));
  await until(() => revoked().includes(theirs ?? ''), 'it is revoked');
});

it('BFF-LOGOUT-03: without a refresh token the access token is revoked', async () => {
  rig.as.settings.refreshTokens = 'none';
  const jar = await signedIn();
  rig.as.settings.refreshTokens = 'rotate';
  const token = rig.as.issued().findLast(({ kind }) => kind === 'access_token')?.value ?? '';
  await jar.fetch('/bff/logout', { method: 'POST' });
  await until(
    () => rig.as.requestsOf('revocation').at(-1)?.form.get('token_type_hint') === 'access_token',
    'it is revoked',
  );
  expect(rig.as.requestsOf('revocation').at(-1)?.form.get('token')).toBe(token);
});
