import path from 'node:path';
import { cookieNames, pathsUnder } from '@coatcheck/protocol';
import { closing, noRedis, startRedis } from '../surroundings/redis.ts';
import { versionOf } from '../version.ts';
import { signIn } from './sign-in.ts';
import { startStandalone } from './standalone.ts';
import type { Started, Surroundings, Target, Unavailable } from './target.ts';

/** The standalone server on SQLite, with a session. Requests are not logged, as with the others. */
export const coatcheck: Target = {
  name: 'coatcheck',
  about: 'the standalone server on SQLite, signed in, the access token sent upstream',
  start: (surroundings) => start(surroundings, { session: 'required', logRequests: false }),
};

/** The same without ticket, session and token: what is left is the price of signing in. */
export const coatcheckAnonymous: Target = {
  name: 'coatcheck, anonymous route',
  about: 'the same server, a route with `session: none`',
  start: (surroundings) => start(surroundings, { session: 'none', logRequests: false }),
};

/** As it comes: two lines of JSON for each request. */
export const coatcheckWithLog: Target = {
  name: 'coatcheck, requests logged',
  about: 'signed in, with the request log that is on by default (written to /dev/null)',
  start: (surroundings) => start(surroundings, { session: 'required', logRequests: true }),
};

/** As several instances use it. */
export const coatcheckRedis: Target = {
  name: 'coatcheck, Redis',
  about: 'signed in, sessions in Redis',
  start: (surroundings) => start(surroundings, { session: 'required', logRequests: false, redis: true }),
};

/** On the one core that every target has: what several processes cost, not how far they scale. */
export const coatcheckWorkers: Target = {
  name: 'coatcheck, 2 workers',
  about: 'signed in, `workers: 2` on SQLite; both on the one core of the others, so this is their cost only',
  start: (surroundings) => start(surroundings, { session: 'required', logRequests: false, workers: 2 }),
};

/** The first of these, watched by V8's profiler, which writes into a folder when the server ends. */
export function profiledCoatcheck(profiles: string): Target {
  const nodeOptions = ['--cpu-prof', '--cpu-prof-interval', '250', '--cpu-prof-dir', profiles];
  return {
    ...coatcheck,
    start: (surroundings) => start(surroundings, { session: 'required', logRequests: false, nodeOptions }),
  };
}

/** With a proof of possession on every call. */
export const coatcheckWithDpop: Target = {
  name: 'coatcheck, DPoP',
  about: 'signed in, the access token bound to the key of the session, a proof on every call',
  start: (surroundings) => start(surroundings, { session: 'required', logRequests: false, dpop: true }),
};

/** With a heap that leaves little lying about, so that memory shows what is held. */
export const coatcheckWithSmallHeap: Target = {
  ...coatcheck,
  start: (surroundings) =>
    start(surroundings, {
      session: 'required',
      logRequests: false,
      nodeOptions: ['--max-semi-space-size=1', '--gc-interval=20000'],
    }),
};

interface Variant {
  readonly session: 'required' | 'none';
  readonly logRequests: boolean;
  readonly nodeOptions?: readonly string[];
  /** Sessions in a Redis of its own; in SQLite unless told. */
  readonly redis?: boolean;
  readonly workers?: number;
  readonly dpop?: boolean;
}

/** A target that needs no Redis always starts. */
async function start(surroundings: Surroundings, variant: Variant): Promise<Started | Unavailable> {
  const { machine, folder, upstream } = surroundings;
  const redis = variant.redis ? await startRedis(machine, folder) : undefined;
  if (variant.redis && !redis) return noRedis;
  const store = redis?.url ?? `sqlite:${path.join(folder, 'sessions.db')}`;
  const { origin, server } = await startStandalone(
    machine,
    folder,
    {
      store: { url: store },
      workers: variant.workers ?? 1,
      providers: [
        { id: 'provider', ...surroundings.provider, ...(variant.dpop ? { dpop: 'required' } : {}) },
      ],
      routes: [{ prefix: upstream.prefix, upstream: upstream.origin, session: variant.session }],
      log: { requests: variant.logRequests },
    },
    variant.nodeOptions,
  );
  const close = closing(server, ...(redis ? [redis] : []));
  const headers: Record<string, string> = { 'Sec-Fetch-Site': 'same-origin' };
  if (variant.session === 'required') {
    const { ticket } = cookieNames();
    const jar = await signIn(origin, pathsUnder().login).catch(async (error: unknown) => {
      await close();
      throw error;
    });
    headers.Cookie = `${ticket}=${jar.cookie(ticket)}`;
  }
  return {
    kind: 'started',
    url: `${origin}${upstream.path}`,
    headers,
    pids: [server.pid],
    sends: variant.session === 'required' ? 'bearer' : 'nothing',
    madeOf: [
      `this tree; fastify ${versionOf('fastify')}`,
      `undici ${versionOf('undici')}`,
      ...(redis ? [redis.name] : []),
    ].join(', '),
    close,
  };
}
