import { createSessionClient, type SessionClient, type SessionView } from '@coatcheck/client';
import { onTestFinished } from 'vitest';

/** A client on the page of the test, with a server whose answer can be changed. */
export function createTestClient(first: SessionView | 'down') {
  let answer = first;
  let logoutMayEnd = Promise.resolve();
  let devices: object[] | 'down' = [];
  const calls: string[] = [];
  const send: typeof fetch = async (input, init) => {
    const path = String(input);
    calls.push(`${init?.method ?? 'GET'} ${path}`);
    if (path.startsWith('/api/')) return answerOfApi(answer);
    if (path.startsWith('/bff/sessions')) {
      if (devices === 'down') throw new TypeError('fetch failed');
      return Response.json(init?.method === 'DELETE' ? { ended: devices.length } : devices);
    }
    if (path === '/bff/session/extend') return Response.json(answer);
    if (init?.method === 'POST') {
      await logoutMayEnd;
      answer = { authenticated: false, reason: 'signed-out' };
      return Response.json({ redirectTo: null });
    }
    if (answer === 'down') throw new TypeError('fetch failed');
    return Response.json(answer);
  };
  const client: SessionClient = createSessionClient({ fetch: send });
  onTestFinished(() => client.close());
  return {
    client,
    calls,
    answerWith(next: SessionView | 'down') {
      answer = next;
    },
    listDevices(next: object[] | 'down') {
      devices = next;
    },
    /** Sign-outs wait until the returned function is called. */
    holdLogout() {
      const { promise, resolve } = Promise.withResolvers<void>();
      logoutMayEnd = promise;
      return resolve;
    },
  };
}

/** What the BFF answers to a call of an API. */
function answerOfApi(session: SessionView | 'down'): Response {
  if (session === 'down') throw new TypeError('fetch failed');
  if (session.authenticated) return Response.json({ by: session.user.sub });
  const { reason } = session;
  return Response.json(
    { code: 'session_required', detail: 'Sign in.', reason },
    { status: 401, headers: { 'coatcheck-problem': 'session_required' } },
  );
}

export const nobody: SessionView = { authenticated: false, reason: 'none' };

export const alice: Extract<SessionView, { authenticated: true }> = {
  authenticated: true,
  user: { sub: 'alice', name: 'Alice', team: 'blue' },
  provider: 'home',
  connections: ['home'],
  scopes: ['openid', 'notes:read'],
  roles: ['user'],
  acr: null,
  amr: [],
  createdAt: '2020-01-01T00:00:00Z',
  expiresAt: '2020-01-01T12:00:00Z',
  expiresIn: 36_000,
  idleExpiresAt: '2020-01-01T00:30:00Z',
  idleExpiresIn: 1_800,
  accessTokenExpiresAt: null,
  accessTokenExpiresIn: null,
};

/** An entry of `GET /bff/sessions`. */
export function deviceView(id: string, device: string) {
  return {
    id,
    device,
    createdAt: '2020-01-01T00:00:00Z',
    lastSeenAt: '2020-01-01T00:10:00Z',
    current: id === 'here',
  };
}
