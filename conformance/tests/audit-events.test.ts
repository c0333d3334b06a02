import { randomUUID } from 'node:crypto';
import { authorizationError, faults, forge, type JarResponse } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { auditEvents, type LogLine } from '../evidence/log-lines.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

/** The log comes through a pipe: what was written so far is here when this request's line is. */
async function logged(): Promise<LogLine[]> {
  const mark = `/mark-${randomUUID()}`;
  await rig.jar().get(mark);
  await expect.poll(() => rig.bff.log()).toContain(mark);
  return auditEvents(rig.bff.log());
}

/** The events that something causes; there must be this many at least. */
async function eventsOf(count: number, cause: () => Promise<unknown>): Promise<LogLine[]> {
  const before = (await logged()).length;
  await cause();
  await expect.poll(() => auditEvents(rig.bff.log()).length - before).toBeGreaterThanOrEqual(count);
  const events = (await logged()).slice(before);
  for (const event of events) {
    expect(Math.abs(Number(event.time) - Date.now())).toBeLessThan(3_600_000);
    expect(['success', 'failure']).toContain(event.outcome);
    expect(event.reqId ?? event.session, JSON.stringify(event)).toEqual(expect.any(String));
  }
  return events;
}

async function failToSignIn(): Promise<JarResponse> {
  const jar = rig.jar();
  return rig.finish(jar, await rig.begin(jar));
}

requirement(
  'BFF-OPS-02',
  'a sign-in is one event that names provider, session and person by hashes',
  async () => {
    const [started, signedIn, ...more] = await eventsOf(2, () => rig.signedIn());
    expect(started).toMatchObject({ event: 'login.started', outcome: 'success', provider: 'main' });
    expect(signedIn).toMatchObject({ event: 'session.started', outcome: 'success', provider: 'main' });
    expect(signedIn?.session).toMatch(/^[\w-]{8,}$/);
    expect(signedIn?.subject).toMatch(/^[\w-]{8,}$/);
    expect(JSON.stringify(signedIn)).not.toMatch(/alice/i);
    expect(more).toEqual([]);
  },
);

requirement('BFF-OPS-02', 'each way in which a sign-in fails is one event with its code', async () => {
  const ways: [string, () => unknown][] = [
    [
      'access_denied',
      () => rig.as.change('authorizationResponse', 'once', authorizationError('access_denied')),
    ],
    ['id_token_invalid', () => rig.as.change('idToken', 'once', forge.badSignature())],
    ['provider_unavailable', () => rig.as.on('token', 'once', faults.status(503))],
    ['provider_response_invalid', () => rig.as.on('token', 'once', faults.html())],
    [
      'issuer_mismatch',
      () => rig.as.change('authorizationResponse', 'once', (url) => url.set('iss', 'https://x')),
    ],
  ];
  for (const [code, arrange] of ways) {
    arrange();
    const events = await eventsOf(2, failToSignIn);
    const failed = events.filter(({ event }) => event !== 'login.started');
    expect(failed).toMatchObject([{ event: 'login.failed', outcome: 'failure', code, provider: 'main' }]);
    expect(failed[0]?.reqId).toEqual(expect.any(String));
  }
});

requirement(
  'BFF-OPS-02',
  'a callback or a call that is refused is one event, found by the id in the answer',
  async () => {
    const jar = await rig.signedIn();
    let answer: JarResponse | undefined;
    const refusals: [string, () => Promise<JarResponse>][] = [
      ['cross_site_request', () => jar.fetch('/api/notes', { site: 'cross-site' })],
      ['cross_site_request', () => jar.fetch(rig.bff.paths.logout, { method: 'POST', site: 'same-site' })],
      ['unknown_login', () => rig.jar().fetch(`${rig.bff.paths.callback('main')}?code=x&state=y`)],
      ['unknown_host', () => jar.fetch('/api/notes', { headers: { host: 'evil.test' } })],
    ];
    for (const [code, cause] of refusals) {
      const events = await eventsOf(1, async () => {
        answer = await cause();
      });
      expect(events, code).toMatchObject([{ event: 'request.refused', outcome: 'failure', code }]);
      const problem: { requestId?: string } = Object(await answer?.json());
      expect(events[0]?.reqId).toBe(problem.requestId);
    }
  },
);

requirement(
  'BFF-OPS-02',
  'a refresh that fails, one that is refused, and a sign-out are one event each',
  async () => {
    const jar = await rig.signedIn();
    await rig.advance(301);
    rig.as.on('token', 'once', faults.status(503));
    expect(await eventsOf(1, () => rig.call(jar))).toMatchObject([
      { event: 'token.refresh_failed', outcome: 'failure', code: 'unavailable' },
    ]);
    await rig.advance(60);
    expect(await eventsOf(1, () => rig.call(jar))).toMatchObject([
      { event: 'token.refreshed', outcome: 'success' },
    ]);
    const signOut = () => jar.fetch(rig.bff.paths.logout, { method: 'POST' });
    expect(await eventsOf(1, signOut)).toMatchObject([
      { event: 'session.ended', outcome: 'success', reason: 'signed-out' },
    ]);
    const other = await rig.signedIn();
    await rig.advance(301);
    rig.as.revokeGrants();
    const events = await eventsOf(2, () => rig.call(other));
    expect(events).toMatchObject([
      { event: 'token.refresh_failed', outcome: 'failure', code: 'oauth_error' },
      { event: 'session.ended', reason: 'refused' },
    ]);
    expect(new Set(events.map(({ session }) => session)).size).toBe(1);
  },
);

requirement('BFF-OPS-02', 'an end by the administration is an event too', async () => {
  await rig.signedIn({ user: { sub: 'leaver' } });
  expect(await eventsOf(1, () => rig.bff.endSubject(rig.as.issuer, 'leaver'))).toMatchObject([
    { event: 'session.ended', outcome: 'success', reason: 'revoked' },
  ]);
});

requirement(
  'BFF-OPS-02',
  'who signed in or out from where can be found: the event has the id of its request',
  async () => {
    const jar = rig.jar();
    const events = await eventsOf(2, () => rig.signIn(jar));
    events.push(...(await eventsOf(1, () => jar.fetch(rig.bff.paths.logout, { method: 'POST' }))));
    const anonymous = events.filter(({ reqId }) => typeof reqId !== 'string').map(({ event }) => event);
    expect(anonymous).toEqual([]);
  },
);
