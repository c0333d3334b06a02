import {
  headerNames,
  type ProviderView,
  pathsUnder,
  type SessionEvent,
  type SignedOutReason,
} from '@coatcheck/protocol';
import { type EventStream, openEventStream, problem } from './answers.ts';
import { createDevices } from './devices.ts';
import {
  endOf,
  extended,
  type HeldSession,
  newSession,
  type Person,
  signedInView,
  signedOutView,
} from './held-session.ts';
import { createNotesApi } from './notes-api.ts';

/** A request that the scripted BFF answered. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  /** 0 where there was no answer. */
  readonly status: number;
  /** The code of the problem that it carried. */
  readonly problem: string | null;
}

export interface ScriptedBffParts {
  /** Milliseconds since the epoch. */
  now(): number;
  onExchange(exchange: Exchange): void;
}

/** What the sign-in that the page asked for wants beyond a session. */
export interface Wishes {
  readonly acrValues: string | null;
  readonly consent: string | null;
}

const paths = pathsUnder();
/** Where the provider whose account is connected asks the person. */
export const githubAuthorization = 'https://github.example/login/oauth/authorize';

const providers: readonly ProviderView[] = [
  { id: 'main', label: 'Example ID', default: true, loginUrl: `${paths.login}?provider=main` },
  { id: 'github', label: 'GitHub', default: false, loginUrl: `${paths.login}?provider=github` },
];

/**
 * A BFF in memory, for one browser: it answers what the SDK asks, by the rules of the real one, and does what a script
 * tells it. It holds no token, so it is none.
 */
export function createScriptedBff({ now, onExchange }: ScriptedBffParts) {
  const devices = createDevices(now);
  const callApi = createNotesApi();
  const streams = new Set<EventStream>();
  let session: HeldSession | null = null;
  /** Told once, as by the cookie of a session that is over. */
  let reason: SignedOutReason = 'none';
  let outage: 'offline' | 'refresh_unavailable' | null = null;

  function tell(event: SessionEvent): void {
    for (const stream of streams) stream.send(event);
  }

  function end(why: SignedOutReason): void {
    if (session === null) return;
    session = null;
    reason = why;
    tell({ type: 'ended', reason: why });
    for (const stream of [...streams]) stream.end();
  }

  function current(): HeldSession | null {
    const over = session === null ? null : endOf(session, now());
    if (over !== null) end(over);
    return session;
  }

  function viewOnce() {
    const held = current();
    if (held !== null) return signedInView(held, now());
    const view = signedOutView(reason);
    reason = 'none';
    return view;
  }

  function withSession(answer: (held: HeldSession) => Response): Response {
    const held = current();
    if (held !== null) return answer(held);
    const why = reason;
    reason = 'none';
    return problem('session_required', 401, { detail: 'Sign in first.', reason: why });
  }

  function answer(method: string, url: URL, init: RequestInit): Response {
    const path = url.pathname;
    if (path === paths.session) return Response.json(viewOnce());
    if (path === paths.providers) return Response.json(providers);
    return withSession((held) => {
      if (path === paths.events) return openEvents(init.signal ?? null, held);
      if (path === paths.extend) {
        session = extended(held, now());
        return Response.json(signedInView(session, now()));
      }
      if (path === paths.logout) {
        end('signed-out');
        return Response.json({ redirectTo: null });
      }
      if (path.startsWith(paths.sessions)) return answerDevices(method, url, held);
      if (path.startsWith(`${paths.connections}/`)) return answerConnections(method, held, init);
      if (!path.startsWith('/api/')) return problem('not_found', 404, { detail: 'There is no such route.' });
      if (outage === 'refresh_unavailable') {
        const detail = 'The provider does not answer. You are still signed in.';
        return problem('refresh_unavailable', 503, { detail }, { 'retry-after': '5' });
      }
      // As the real one: a call counts as use unless it says that nobody asked for it.
      if (!new Headers(init.headers).has(headerNames.background) && held.idleAt - now() > 60_000)
        session = extended(held, now());
      return callApi(method, path, String(init.body ?? ''), held);
    });
  }

  function openEvents(signal: AbortSignal | null, held: HeldSession): Response {
    const stream = openEventStream(signal, () => streams.delete(stream));
    streams.add(stream);
    stream.send({ type: 'session', session: signedInView(held, now()) });
    return stream.response;
  }

  function answerDevices(method: string, url: URL, held: HeldSession): Response {
    if (method === 'GET') return Response.json(devices.list(held.createdAt));
    if (url.searchParams.has('others')) return Response.json({ ended: devices.end(() => true) });
    const wanted = url.pathname.slice(paths.sessions.length + 1);
    if (wanted === 'd-42') end('revoked');
    else devices.end((id) => id === wanted);
    return Response.json({ ended: 1 });
  }

  function answerConnections(method: string, held: HeldSession, init: RequestInit): Response {
    if (method === 'DELETE') {
      session = { ...held, connections: ['main'] };
      return new Response(null, { status: 204 });
    }
    const asked: unknown = JSON.parse(String(init.body ?? '{}'));
    const returnTo =
      typeof asked === 'object' && asked !== null && 'return_to' in asked ? asked.return_to : '/';
    return Response.json({
      redirectTo: `${githubAuthorization}?${new URLSearchParams({ state: `${returnTo}` })}`,
    });
  }

  const send: typeof fetch = async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : String(input), 'https://app.example');
    const method = init.method ?? (input instanceof Request ? input.method : 'GET');
    const tellOf = (status: number, code: string | null) =>
      onExchange({ method, path: url.pathname + url.search, status, problem: code });
    // A little later, as by a network.
    await new Promise((resolve) => setTimeout(resolve, 40));
    init.signal?.throwIfAborted();
    if (outage === 'offline') {
      tellOf(0, null);
      throw new TypeError('Failed to fetch');
    }
    const response = answer(method, url, init);
    tellOf(response.status, response.headers.get(headerNames.problem));
    return response;
  };

  return {
    fetch: send,
    isOnline: () => outage !== 'offline',
    /** What the provider's sign-in leads to: the same person goes on with the session where something was asked for. */
    signIn(person: Person, { acrValues, consent }: Wishes, at = now()): void {
      const held = current();
      const goesOn = held?.person.sub === person.sub && (acrValues !== null || consent !== null);
      const base = goesOn && held ? held : newSession(person, at);
      if (held !== null) tell({ type: 'replaced', reason: 'replaced' });
      for (const stream of [...streams]) stream.end();
      session = {
        ...base,
        acr: acrValues ?? base.acr,
        scopes: consent === null ? base.scopes : [...base.scopes, 'notes:write'],
      };
    },
    connect(): void {
      if (session) session = { ...session, connections: ['main', 'github'] };
    },
    end,
    /** The person did nothing for so long that the session ends in some seconds. */
    letIdle(seconds: number): void {
      if (session === null) return;
      session = { ...session, idleAt: now() + seconds * 1_000 };
      tell({ type: 'about-to-expire', session: signedInView(session, now()) });
    },
    setOutage(next: typeof outage): void {
      outage = next;
      if (next !== null) for (const stream of [...streams]) stream.end();
    },
  };
}

export type ScriptedBff = ReturnType<typeof createScriptedBff>;
