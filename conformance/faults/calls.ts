import { createJar, type Jar, openConnection } from '@coatcheck/testing';
import type { Bff } from '../adapters/adapter.ts';
import type { Resource } from './resources.ts';

/** The processes that share a store. */
export const instances = [0, 1, 2, 3] as const;
export type Instance = (typeof instances)[number];

/** The instances but one. */
export function others(than: Instance): Instance[] {
  return instances.filter((instance) => instance !== than);
}

/** Somebody with one session; `sub` is in every path they call. */
export interface Person {
  readonly sub: string;
  readonly jar: Jar;
}

/** What one instance answered to one call. Times by the monotonic clock, in milliseconds. */
export interface Reply {
  readonly instance: Instance;
  /** 0: no answer. */
  readonly status: number;
  /** Of a failed call that the BFF answered itself. */
  readonly code: string | null;
  readonly reason: unknown;
  /** Seconds. */
  readonly retryAfter: number;
  readonly signsOut: boolean;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** A connection to one instance that stays open, so that a call can lie in the socket of a process that stands still. */
export interface OpenLine {
  send(): Promise<void>;
  /** The status of the next answer. */
  status(): Promise<number>;
  close(): void;
}

/** Calls that go to one instance, past the balancer. */
export function callsThrough(bff: Bff) {
  const { host, origin } = new URL(bff.url);
  let calls = 0;

  async function send(
    instance: Instance,
    { jar }: Person,
    path: string,
    method: 'GET' | 'POST' = 'GET',
    signal?: AbortSignal,
  ): Promise<Reply> {
    const browser = createJar(`http://127.0.0.1:${bff.ports[instance]}`, {}, jar.cookies.values());
    const headers = { host, ...(method === 'POST' ? { origin } : {}) };
    const startedAt = performance.now();
    const answer = await browser
      .fetch(path, { method, headers, ...(signal ? { signal } : {}) })
      .catch(() => undefined);
    const endedAt = performance.now();
    const code = answer?.headers.get('coatcheck-problem') ?? null;
    const problem: unknown = code === null ? undefined : await answer?.json();
    return {
      instance,
      status: answer?.status ?? 0,
      code,
      reason:
        typeof problem === 'object' && problem !== null && 'reason' in problem ? problem.reason : undefined,
      retryAfter: Number(answer?.headers.get('retry-after') ?? Number.NaN),
      signsOut: answer?.setCookies.some(({ name }) => name === bff.cookies.ticket) ?? false,
      startedAt,
      endedAt,
    };
  }

  function nextPath({ sub }: Person, resource: Resource = 'notes'): string {
    calls += 1;
    return `/${resource}/${sub}/${calls}`;
  }

  return {
    call: (instance: Instance, person: Person, resource?: Resource) =>
      send(instance, person, nextPath(person, resource)),
    async openLine(instance: Instance, person: Person): Promise<OpenLine> {
      const connection = await openConnection({ port: bff.ports[instance] ?? 0, timeoutMs: 10_000 });
      const cookies = [...person.jar.cookies.values()]
        .map(({ name, value }) => `${name}=${value}`)
        .join('; ');
      return {
        send: () =>
          connection.write(
            `GET ${nextPath(person)} HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookies}\r\nSec-Fetch-Site: same-origin\r\n\r\n`,
          ),
        status: async () => (await connection.read()).status,
        close: () => connection.destroy(),
      };
    },
    signOut: (instance: Instance, person: Person) => send(instance, person, bff.paths.logout, 'POST'),
    /** What the session endpoint says. */
    ask: (instance: Instance, person: Person, signal?: AbortSignal) =>
      send(instance, person, bff.paths.session, 'GET', signal),
  };
}
