import type { SessionView } from '@coatcheck/protocol';
import type { Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Rig, startRig, until } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(() => {
  rig.as.reset();
  rig.as.clearRecords();
  delete rig.as.settings.acr;
  delete rig.as.settings.authTime;
});
afterAll(() => rig.close());

const ticketName = '__Host-Http-coatcheck';

async function viewOf(jar: Jar): Promise<SessionView> {
  return (await (await jar.fetch('/bff/session')).json()) as SessionView;
}

async function signedIn(): Promise<Jar> {
  const jar = rig.browser();
  await rig.signIn(jar);
  return jar;
}

/** Goes to the provider as a page of ours sends the browser there; resolves to the callback, not opened yet. */
async function begin(jar: Jar, query: string, user?: { sub: string }): Promise<string> {
  const start = await jar.navigate(`/bff/login?${query}`, { site: 'same-origin' });
  return rig.as.authorize(start.headers.get('location') ?? '', user ? { user } : {});
}

const finish = (jar: Jar, callback: string) => jar.navigate(callback, { site: 'cross-site' });

describe('a step-up', () => {
  it('BFF-SESS-01, BFF-IDT-12: goes on with the session under a new id and key, as strong as was asked', async () => {
    const jar = await signedIn();
    const before = jar.clone();
    const first = await viewOf(jar);
    const answer = await finish(jar, await begin(jar, 'acr_values=urn:mfa&return_to=/notes%23draft'));
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/notes#draft');
    expect(answer.headers.get('clear-site-data')).toBeNull();
    expect(jar.cookie(ticketName)).not.toBe(before.cookie(ticketName));
    const second = await viewOf(jar);
    expect(second).toMatchObject({ authenticated: true, acr: 'urn:mfa' });
    if (!first.authenticated || !second.authenticated) throw new Error('not signed in');
    expect(second.createdAt).toBe(first.createdAt);
    expect(second.expiresAt).toBe(first.expiresAt);
    expect(await viewOf(before)).toEqual({ authenticated: false, reason: 'replaced' });
    expect((await jar.fetch('/api/x')).status).toBe(200);
  });

  it('revokes nothing of what the session goes on with', async () => {
    const jar = await signedIn();
    await finish(jar, await begin(jar, 'max_age=0'));
    await rig.app.coatcheck.parts.refresher.idle();
    expect((await viewOf(jar)).authenticated).toBe(true);
    expect(rig.as.hits('revocation')).toBe(0);
  });

  it('tells the streams of the old id that they were replaced', async () => {
    const jar = await signedIn();
    const stream = await jar.stream('/bff/events');
    let text = '';
    const read = (async () => {
      for await (const part of stream.chunks) text += String(part);
    })();
    await until(() => text.includes('event: session'), 'the stream speaks');
    await finish(jar, await begin(jar, 'acr_values=urn:mfa'));
    await read;
    expect(text).toContain('event: replaced');
  });

  it('is refused with a code where somebody else signs in; the old session stays, the new tokens go', async () => {
    const jar = await signedIn();
    const refused = await finish(jar, await begin(jar, 'acr_values=urn:mfa', { sub: 'mallory-0009' }));
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('identity_mismatch');
    expect(await viewOf(jar)).toMatchObject({ authenticated: true, user: { sub: 'alice-0001' } });
    expect((await jar.fetch('/api/x')).status).toBe(200);
    await until(() => rig.as.hits('revocation') === 1, 'the foreign tokens are revoked');
  });

  it('BFF-IDT-12: is refused where the provider signed in less strongly; the old session stays', async () => {
    const jar = await signedIn();
    rig.as.settings.acr = 'urn:password';
    const refused = await finish(
      jar,
      await begin(jar, 'acr_values=urn:mfa&on_error=return&return_to=/notes'),
    );
    expect(refused.headers.get('location')).toBe('/notes?login_error=step_up_failed');
    expect((await viewOf(jar)).authenticated).toBe(true);
    expect(rig.as.hits('revocation')).toBe(0);
  });

  it('does not bring back a session that was signed out meanwhile', async () => {
    const jar = await signedIn();
    const callback = await begin(jar, 'acr_values=urn:mfa');
    const stolen = jar.clone();
    await jar.fetch('/bff/logout', { method: 'POST' });
    for (const browser of [jar, stolen.clone()]) {
      const refused = await finish(browser, callback);
      expect(refused.status).toBeGreaterThanOrEqual(400);
    }
    expect((await viewOf(jar)).authenticated).toBe(false);
    expect(await viewOf(stolen)).toEqual({ authenticated: false, reason: 'signed-out' });
    await until(() => rig.as.hits('revocation') === 2, 'the tokens of both are revoked');
  });

  it('is refused where a sign-out wins at the last moment, and its tokens go', async () => {
    const jar = await signedIn();
    const callback = await begin(jar, 'acr_values=urn:mfa');
    const gate = rig.as.hold('token', 'after');
    const answer = finish(jar, callback);
    await gate.arrived;
    await jar.clone().fetch('/bff/logout', { method: 'POST' });
    gate.release();
    expect(await (await answer).text()).toContain('session_changed');
    expect((await viewOf(jar)).authenticated).toBe(false);
  });

  it('is refused in a browser that has another session by now', async () => {
    const jar = await signedIn();
    const callback = await begin(jar, 'acr_values=urn:mfa');
    const before = jar.clone();
    const other = await signedIn();
    for (const name of [ticketName, `${ticketName}-here`]) jar.setCookie(name, other.cookie(name));
    const refused = await finish(jar, callback);
    expect(await refused.text()).toContain('session_changed');
    expect((await viewOf(before)).authenticated).toBe(true);
    expect(await viewOf(jar)).toMatchObject({ authenticated: true, acr: null });
    await rig.app.coatcheck.parts.refresher.idle();
    expect(rig.as.hits('revocation')).toBe(0);
  });

  it('two at once: the first goes on, the second changes nothing', async () => {
    const jar = await signedIn();
    const [one, two] = [await begin(jar, 'acr_values=urn:one'), await begin(jar, 'acr_values=urn:two')];
    expect((await finish(jar, one)).status).toBe(303);
    const refused = await finish(jar, two);
    expect(refused.status).toBe(409);
    expect(await refused.text()).toContain('session_changed');
    expect(await viewOf(jar)).toMatchObject({ authenticated: true, acr: 'urn:one' });
  });

  it('two at once: what the second brought is not revoked, since that may take the tokens of the first with it', async () => {
    const own = await startRig();
    const jar = own.browser();
    await own.signIn(jar);
    const callbacks: string[] = [];
    for (const acr of ['urn:one', 'urn:two']) {
      const start = await jar.navigate(`/bff/login?acr_values=${acr}`, { site: 'same-origin' });
      callbacks.push(await own.as.authorize(start.headers.get('location') ?? ''));
    }
    const answers: number[] = [];
    for (const callback of callbacks) answers.push((await finish(jar, callback)).status);
    await own.app.close();
    expect(answers).toEqual([303, 409]);
    expect(own.as.hits('revocation')).toBe(0);
    await own.close();
  });

  it('is a plain sign-in where the ticket does not come along, or nothing more is asked for', async () => {
    const jar = await signedIn();
    const start = await jar.navigate('/bff/login?acr_values=urn:mfa', { site: 'cross-site' });
    const callback = await rig.as.authorize(start.headers.get('location') ?? '', {
      user: { sub: 'bob-0003' },
    });
    expect((await finish(jar, callback)).status).toBe(303);
    expect(await viewOf(jar)).toMatchObject({ user: { sub: 'bob-0003' } });
    expect((await finish(jar, await begin(jar, 'prompt=login'))).status).toBe(303);
    expect(await viewOf(jar)).toMatchObject({ user: { sub: 'alice-0001' } });
  });

  it('keeps its cookie below what browsers store, however much is asked', async () => {
    const consent = 'a'.repeat(32);
    const posting = await startRig({}, {}, [], {
      responseMode: 'form_post',
      dpop: 'when-offered',
      consents: { [consent]: ['more'] },
    });
    const jar = posting.browser();
    try {
      const signIn = await jar.navigate('/bff/login', { site: 'same-origin' });
      const answer = await posting.as.open(signIn.headers.get('location') ?? '');
      if (answer.kind !== 'form') throw new Error(`no form but a ${answer.kind}`);
      await jar.navigate(answer.action, { method: 'POST', site: 'cross-site', body: answer.form });
      const query = new URLSearchParams({ consent, max_age: '999999999', acr_values: '"'.repeat(512) });
      const start = await jar.navigate(`/bff/login?${query}&return_to=/${'%C3%A4'.repeat(170)}`, {
        site: 'same-origin',
      });
      expect(start.status).toBe(302);
      const cookies = start.headers.getSetCookie().filter((one) => one.includes('-login-'));
      expect(cookies).toHaveLength(1);
      expect(Buffer.byteLength(cookies[0] ?? '')).toBeLessThan(4_096);
    } finally {
      await posting.close();
    }
  });
});

it('a step-up whose answer comes by form post goes on with the session too', async () => {
  const posting = await startRig({}, {}, [], { responseMode: 'form_post' });
  try {
    const jar = posting.browser();
    const signIn = async (query: string) => {
      const start = await jar.navigate(`/bff/login?${query}`, { site: 'same-origin' });
      const answer = await posting.as.open(start.headers.get('location') ?? '');
      if (answer.kind !== 'form') throw new Error(`no form but a ${answer.kind}`);
      return jar.navigate(answer.action, { method: 'POST', site: 'cross-site', body: answer.form });
    };
    await signIn('');
    const first = await viewOf(jar);
    expect((await signIn('acr_values=urn:mfa')).status).toBe(303);
    expect(await viewOf(jar)).toMatchObject({
      acr: 'urn:mfa',
      ...(first.authenticated ? { createdAt: first.createdAt } : {}),
    });
  } finally {
    await posting.close();
  }
});

it('an organization is passed on by the name that the profile knows, and else refused', async () => {
  expect((await rig.browser().navigate('/bff/login?organization=acme')).status).toBe(400);
  const named = await startRig({}, {}, [], { profile: 'auth0' });
  try {
    const start = await named.browser().navigate('/bff/login?organization=acme&hd=evil.test');
    const { searchParams } = new URL(start.headers.get('location') ?? '');
    expect(searchParams.get('organization')).toBe('acme');
    expect(searchParams.has('hd')).toBe(false);
    const providers: unknown = await (await named.browser().fetch('/bff/providers')).json();
    expect(providers).toMatchObject([{ id: 'demo', default: true }]);
  } finally {
    await named.close();
  }
});
