import type { SessionEvent } from '@coatcheck/protocol';
import type {
  LivePage,
  LockRequest,
  Page,
  PageChannel,
  PageEvent,
  SessionView,
  SignedOutReason,
  TabNotes,
} from '../src/index.ts';

/** What happens to a page, with its being frozen in its tab. */
type FakeEvent = PageEvent | 'frozen' | 'resumed';

export const origin = 'http://localhost:3000';

/**
 * Tabs of one browser: what is posted in one reaches the others.
 *
 * @param options `locks`: it has Web Locks, as all current browsers do on a page with TLS
 */
export function createFakeBrowser({ locks = false } = {}) {
  const ends = new Set<{ name: string; deliver: (message: unknown) => void }>();
  const queues = createFakeLocks();
  return {
    openTab(here = '/'): FakeTab {
      return createFakeTab(here, locks ? queues.hold : () => null, (name, deliver) => {
        const end = { name, deliver };
        ends.add(end);
        return {
          postMessage(message) {
            for (const other of ends) if (other !== end && other.name === name) other.deliver(message);
          },
          close: () => ends.delete(end),
        };
      });
    },
    post(name: string, message: unknown) {
      for (const end of ends) if (end.name === name) end.deliver(message);
    },
    channels: () => [...ends].map((end) => end.name),
    /** How many pages hold the lock or wait for it. */
    claims: queues.claims,
  };
}

/** Web Locks: granted and lost a little later, as by another process. */
function createFakeLocks() {
  const queues = new Map<string, LockRequest[]>();
  const grant = (name: string, request: LockRequest) =>
    queueMicrotask(() => {
      if (queues.get(name)?.[0] === request) request.onHeld();
    });
  return {
    hold(name: string, request: LockRequest): () => void {
      const queue = queues.get(name) ?? [];
      queues.set(name, queue);
      const holder = request.steal ? queue.shift() : undefined;
      if (holder) queueMicrotask(holder.onLost);
      if (request.steal) queue.unshift(request);
      else queue.push(request);
      if (queue[0] === request) grant(name, request);
      return () => {
        const place = queue.indexOf(request);
        if (place === -1) return;
        queue.splice(place, 1);
        const [next] = queue;
        if (place === 0 && next) grant(name, next);
      };
    },
    claims: (name: string) => queues.get(name)?.length ?? 0,
  };
}

export interface FakeTab {
  page: Page & LivePage & TabNotes;
  /** Every address the page was sent to. */
  visits: string[];
  notes: Map<string, string>;
  fire(event: FakeEvent): void;
  /** Lets time pass, running what was due. */
  pass(milliseconds: number): void;
  set(change: { here?: string; online?: boolean }): void;
  /** Nothing runs and nothing is heard, and the page is not told; the returned function ends that. */
  freeze(): () => void;
}

function createFakeTab(
  start: string,
  holdLock: LivePage['holdLock'],
  openChannel: (name: string, deliver: (message: unknown) => void) => PageChannel,
): FakeTab {
  let here = start;
  let online = true;
  let now = Date.UTC(2026, 10, 24);
  let isFrozen = false;
  const visits: string[] = [];
  const notes = new Map<string, string>();
  const listeners = new Map<FakeEvent, Set<() => void>>();
  const timers = new Set<{ at: number; run: () => void }>();

  const on = (event: FakeEvent, listener: () => void) => {
    const set = listeners.get(event) ?? new Set();
    listeners.set(event, set.add(listener));
    return () => set.delete(listener);
  };

  const page: FakeTab['page'] = {
    origin,
    here: () => here,
    resolve: (address) => (URL.canParse(address, origin + here) ? new URL(address, origin + here) : null),
    go: (address) => visits.push(address),
    isOnline: () => online,
    now: () => now,
    random: () => 0.5,
    after(milliseconds, run) {
      const timer = { at: now + milliseconds, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    on,
    onFreeze(frozen, resumed) {
      const ends = [on('frozen', frozen), on('resumed', resumed)];
      return () => {
        for (const end of ends) end();
      };
    },
    openChannel: (name, deliver) =>
      openChannel(name, (message) => {
        if (!isFrozen) deliver(structuredClone(message));
      }),
    holdLock,
    recall: (key) => notes.get(key) ?? null,
    remember(key, note) {
      if (note === null) notes.delete(key);
      else notes.set(key, note);
    },
  };
  return {
    page,
    visits,
    notes,
    fire(event) {
      for (const listener of listeners.get(event) ?? []) listener();
    },
    pass(milliseconds) {
      now += milliseconds;
      if (isFrozen) return;
      for (const timer of [...timers].filter(({ at }) => at <= now)) {
        timers.delete(timer);
        timer.run();
      }
    },
    set(change) {
      here = change.here ?? here;
      online = change.online ?? online;
    },
    freeze() {
      isFrozen = true;
      return () => {
        isFrozen = false;
      };
    },
  };
}

/** A server whose answers the test decides, and which records what it was asked. */
export function createFakeServer() {
  const requests: Request[] = [];
  const streams: FakeStream[] = [];
  let answer: (request: Request) => Response | Promise<Response> = () => json(signedOut());
  let answerStream: () => Response | null = () => null;
  const send: typeof fetch = async (input, init) => {
    const request =
      input instanceof Request ? new Request(input, init) : new Request(new URL(String(input), origin), init);
    if (new URL(request.url).pathname !== '/bff/events') {
      requests.push(request);
      return answer(request);
    }
    const stream = createFakeStream(request);
    streams.push(stream);
    const refusal = answerStream();
    if (refusal !== null) stream.end();
    return refusal ?? stream.response;
  };
  return {
    send,
    requests,
    /** Every stream of events that was asked for. */
    streams,
    openStreams: () => streams.filter((stream) => stream.isOpen()),
    /** Answers requests for events with something else; null opens a stream. */
    answerStreamsWith(next: () => Response | null) {
      answerStream = next;
    },
    reads: () => requests.filter((request) => new URL(request.url).pathname === '/bff/session').length,
    answerWith(next: (request: Request) => Response | Promise<Response>) {
      answer = next;
    },
  };
}

export interface FakeStream {
  request: Request;
  response: Response;
  send(event: SessionEvent): void;
  /** Sends bytes as they are. */
  write(text: string): void;
  end(): void;
  /** The connection breaks. */
  lose(): void;
  isOpen(): boolean;
}

function createFakeStream(request: Request): FakeStream {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  let isOpen = true;
  const over = (closing: Promise<void>) => {
    isOpen = false;
    closing.catch(() => {});
  };
  const write = (text: string) => void writer.write(new TextEncoder().encode(text)).catch(() => {});
  request.signal.addEventListener('abort', () => over(writer.abort(request.signal.reason)));
  return {
    request,
    response: new Response(readable, { headers: { 'content-type': 'text/event-stream' } }),
    send: (event) => write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
    write,
    end: () => over(writer.close()),
    lose: () => over(writer.abort(new TypeError('network error'))),
    isOpen: () => isOpen,
  };
}

export function json(body: unknown, init?: ResponseInit): Response {
  return Response.json(body, init);
}

export function problem(
  code: string,
  status: number,
  more: { body?: object; headers?: object } = {},
): Response {
  return json(
    { type: 'about:blank', title: code, status, code, detail: `About ${code}.`, ...more.body },
    {
      status,
      headers: { 'content-type': 'application/problem+json', 'coatcheck-problem': code, ...more.headers },
    },
  );
}

export function signedIn(
  change: Partial<Extract<SessionView, { authenticated: true }>> = {},
): Extract<SessionView, { authenticated: true }> {
  return {
    authenticated: true,
    user: { sub: 'alice', name: 'Alice', email: 'alice@example.test' },
    provider: 'home',
    connections: ['home'],
    scopes: ['openid', 'notes:read'],
    roles: ['user'],
    acr: null,
    amr: ['pwd'],
    createdAt: '2020-01-01T00:00:00.000Z',
    expiresAt: '2020-01-01T12:00:00.000Z',
    expiresIn: 39_600,
    idleExpiresAt: '2020-01-01T01:30:00.000Z',
    idleExpiresIn: 1_800,
    accessTokenExpiresAt: '2020-01-01T01:05:00.000Z',
    accessTokenExpiresIn: 300,
    ...change,
  };
}

export function signedOut(reason: SignedOutReason = 'none'): SessionView {
  return { authenticated: false, reason };
}

/** An answer that comes when the test says so. */
export function later(): { answer: () => Promise<Response>; give: (response: Response) => void } {
  const { promise, resolve } = Promise.withResolvers<Response>();
  return { answer: () => promise, give: resolve };
}
