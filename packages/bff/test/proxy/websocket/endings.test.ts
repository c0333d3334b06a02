import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { until } from '../../rig.ts';
import { openedSocket, openSocket, startSignedIn } from './sockets.ts';

describe('the end of the session', () => {
  it('closes with 4401 and the reason at sign-out, and ends the upstream side', async () => {
    const { rig, jar } = await startSignedIn();
    const page = await openedSocket(rig, jar);
    const upstreamClosed = once(page.upstream, 'close');
    await jar.fetch('/bff/logout', { method: 'POST', json: { local: true } });
    expect(await page.closed).toEqual({ code: 4401, reason: 'signed-out' });
    expect((await upstreamClosed)[0]).toBe(1001);
  });

  it('BFF-STREAM-02: lets nothing pass once the end is known, though the reason is still looked up', async () => {
    const { rig, jar } = await startSignedIn();
    const page = await openedSocket(rig, jar);
    const received: string[] = [];
    page.upstream.on('message', (data) => received.push(String(data)));
    const reason = Promise.withResolvers<'signed-out'>();
    const asked = vi.spyOn(rig.app.coatcheck.parts.sessions, 'endOf').mockReturnValue(reason.promise);
    onTestFinished(() => asked.mockRestore());
    await jar.clone().fetch('/bff/logout', { method: 'POST', json: { local: true } });
    await until(() => asked.mock.calls.length > 0, 'the question for the reason');
    page.upstream.send('of the API');
    page.socket.send('of the page');
    // Each side's ping is answered here, after what was sent before it.
    for (const side of [page.upstream, page.socket, page.upstream]) {
      side.ping();
      await once(side, 'pong');
    }
    expect([page.messages, received]).toEqual([[], []]);
    reason.resolve('signed-out');
    expect(await page.closed).toEqual({ code: 4401, reason: 'signed-out' });
  });

  it('closes every WebSocket of the session, and those of no other', async () => {
    const { rig, jar } = await startSignedIn();
    const other = rig.browser();
    await rig.signIn(other);
    const pages = await Promise.all([1, 2, 3].map(() => openedSocket(rig, jar)));
    const kept = await openedSocket(rig, other);
    await jar.fetch('/bff/logout', { method: 'POST', json: { local: true } });
    for (const page of pages) expect((await page.closed).code).toBe(4401);
    kept.socket.send('still here');
    await until(() => kept.messages.includes('still here'), 'an echo');
  });

  it('closes with the reason when an operator ends the sessions of the person', async () => {
    const { rig, jar } = await startSignedIn();
    const page = await openedSocket(rig, jar);
    const [issuer, subject] = [rig.as.issuer, rig.as.settings.user.sub];
    await until(async () => (await rig.app.coatcheck.endSubject(issuer, subject)) > 0, 'an ending');
    expect(await page.closed).toEqual({ code: 4401, reason: 'revoked' });
  });

  it('closes when the idle time is over, although the upstream talks on', async () => {
    const { rig, jar } = await startSignedIn({}, [], { session: { idleTimeout: '1s' } });
    const page = await openedSocket(rig, jar);
    const talk = setInterval(() => page.upstream.send('tick'), 50);
    expect(await page.closed).toEqual({ code: 4401, reason: 'idle' });
    clearInterval(talk);
  });

  it('counts messages of the browser as use of the session', async () => {
    const { rig, jar } = await startSignedIn({}, [], { session: { idleTimeout: '1s' } });
    const page = await openedSocket(rig, jar);
    const started = performance.now();
    const talk = setInterval(() => page.socket.send('tick'), 50);
    await until(() => performance.now() - started > 2_500, 'more than twice the idle time');
    expect(page.socket.readyState).toBe(page.socket.OPEN);
    expect(await (await jar.fetch('/bff/session')).json()).toMatchObject({ authenticated: true });
    clearInterval(talk);
    expect(await page.closed).toEqual({ code: 4401, reason: 'idle' });
  });

  it('ends at the absolute end, however much it is used', async () => {
    const session = { idleTimeout: '1s', absoluteTimeout: '2s' };
    const { rig, jar } = await startSignedIn({}, [], { session });
    const page = await openedSocket(rig, jar);
    const talk = setInterval(() => page.socket.send('tick'), 50);
    expect(await page.closed).toEqual({ code: 4401, reason: 'expired' });
    clearInterval(talk);
  });

  it('refuses with 401 a handshake whose session ends while the upstream thinks', async () => {
    const { rig, jar } = await startSignedIn();
    const reached = Promise.withResolvers<{ gone: Promise<unknown> }>();
    rig.upstream.onUpgrade((_request, socket) => {
      socket.resume();
      reached.resolve({ gone: once(socket, 'end') });
    });
    const page = openSocket(rig, jar.clone());
    const { gone } = await reached.promise;
    await jar.fetch('/bff/logout', { method: 'POST', json: { local: true } });
    expect(await page.refused).toMatchObject({ status: 401, code: 'session_required' });
    await gone;
  });

  it('outlives a refresh of the token, of which the upstream is told nothing', async () => {
    const { rig } = await startSignedIn();
    rig.as.settings.accessTokenLifetime = 1;
    const jar = rig.browser();
    await rig.signIn(jar);
    const page = await openedSocket(rig, jar);
    const received: string[] = [];
    page.upstream.on('message', (data) => received.push(String(data)));
    const refreshes = () => rig.as.requestsOf('token').length;
    const before = refreshes();
    await until(async () => {
      await jar.fetch('/api/notes');
      return refreshes() > before;
    }, 'a refresh');
    page.socket.send('still here');
    await until(() => page.messages.includes('still here'), 'an echo');
    expect(received).toEqual(['still here']);
  });
});

describe('the end of the server', () => {
  it('tells the browser to connect elsewhere, and takes no more', async () => {
    const { rig, jar } = await startSignedIn();
    const page = await openedSocket(rig, jar);
    rig.app.coatcheck.drain();
    expect((await page.closed).code).toBe(1012);
    expect(await openSocket(rig, jar).refused).toMatchObject({ status: 503, code: 'too_many_streams' });
  });

  it('closes although a browser never answers its close frame', async () => {
    const { rig, jar } = await startSignedIn();
    const page = await openedSocket(rig, jar);
    page.socket.pause();
    await rig.app.close();
  });
});
