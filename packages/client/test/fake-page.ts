import type { Page, PageChannel, PageEvent, SessionView, SignedOutReason } from '../src/index.ts';

export const origin = 'http://localhost:3000';

/** Tabs of one browser: what is posted in one reaches the others. */
export function createFakeBrowser() {
  const ends = new Set<{ name: string; deliver: (message: unknown) => void }>();
  return {
    openTab(here = '/'): FakeTab {
      return createFakeTab(here, (name, deliver) => {
        const end = { name, deliver };
        ends.add(end);
        return {
          post(message) {
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
  };
}

export interface FakeTab {
  page: Page;
  /** Every address the page was sent to. */
  visits: string[];
  notes: Map<string, string>;
  fire(event: PageEvent): void;
  /** Lets time pass, running what was due. */
  pass(milliseconds: number): void;
  set(change: { here?: string; online?: boolean }): void;
}

function createFakeTab(
  start: string,
  openChannel: (name: string, deliver: (message: unknown) => void) => PageChannel,
): FakeTab {
  let here = start;
  let online = true;
  let now = Date.UTC(2026, 10, 24);
  const visits: string[] = [];
  const notes = new Map<string, string>();
  const listeners = new Map<PageEvent, Set<() => void>>();
  const timers = new Set<{ at: number; run: () => void }>();

  const page: Page = {
    origin,
    here: () => here,
    resolve: (address) => (URL.canParse(address, origin + here) ? new URL(address, origin + here) : null),
    go: (address) => visits.push(address),
    isOnline: () => online,
    now: () => now,
    after(milliseconds, run) {
      const timer = { at: now + milliseconds, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
      return () => set.delete(listener);
    },
    openChannel,
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
      for (const timer of [...timers].filter(({ at }) => at <= now)) {
        timers.delete(timer);
        timer.run();
      }
    },
    set(change) {
      here = change.here ?? here;
      online = change.online ?? online;
    },
  };
}

/** A server whose answers the test decides, and which records what it was asked. */
export function createFakeServer() {
  const requests: Request[] = [];
  let answer: (request: Request) => Response | Promise<Response> = () => json(signedOut());
  const send: typeof fetch = async (input, init) => {
    const request =
      input instanceof Request ? new Request(input, init) : new Request(new URL(String(input), origin), init);
    requests.push(request);
    return answer(request);
  };
  return {
    send,
    requests,
    reads: () => requests.filter((request) => new URL(request.url).pathname === '/bff/session').length,
    answerWith(next: (request: Request) => Response | Promise<Response>) {
      answer = next;
    },
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

export function signedIn(change: Partial<Extract<SessionView, { authenticated: true }>> = {}): SessionView {
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
