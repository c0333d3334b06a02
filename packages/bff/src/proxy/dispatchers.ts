import { buildConnector, type Dispatcher, Pool } from 'undici';
import type { UpstreamProtocol } from '../options/upstream-protocol.ts';

export interface UpstreamOptions {
  /** As `URL.origin` gives it. */
  readonly origin: string;
  /** `http1` unless given. */
  readonly protocol?: UpstreamProtocol;
  /** Connections for ordinary calls. */
  readonly connections: number;
  /** Calls that may wait for one of these connections. */
  readonly waiting: number;
  /** Event streams open at a time; each has its own connection, but for HTTP/2. */
  readonly streams: number;
  /** Milliseconds to open a connection, TLS included. */
  readonly connectTimeout: number;
  /** Certificates (PEM) to trust instead of the system's. */
  readonly ca?: string;
  /** What we show of ourselves, PEM. */
  readonly clientCertificate?: { readonly cert: string; readonly key: string };
}

/** A way to an upstream with a bound on how much is under way. */
export interface Lane {
  readonly dispatcher: Dispatcher;
  /** How many requests it may hold, running and waiting. */
  readonly capacity: number;
  /** How many it holds. Kept by `send`. */
  held: number;
  /** What a request is told that finds it full. */
  readonly whenFull: 'upstream_timeout' | 'too_many_streams';
}

/** The ways to one upstream. Streams have their own: on a shared one they would starve the calls. */
export interface Upstream {
  readonly origin: string;
  readonly calls: Lane;
  readonly streams: Lane;
  /**
   * Asks by GET, on a connection of its own, whether a path answers 2xx. No token goes along, no redirect is followed.
   * Rejects where there is no answer.
   */
  ask(path: string, signal: AbortSignal): Promise<boolean>;
  /** Ends all asking. */
  hangUp(): Promise<void>;
  /** For metrics: sockets open, and requests held. */
  stats(): { callSockets: number; callsHeld: number; streamSockets: number; streamsHeld: number };
}

/** Every upstream that the BFF may talk to (RFC 10017 §6.1.3.6). */
export interface Dispatchers {
  /** @throws for an origin that was not configured */
  upstream(origin: string): Upstream;
  /** Waits for running calls; cuts event streams, which would never end by themselves. */
  close(): Promise<void>;
  destroy(): Promise<void>;
}

/**
 * Opens the connection pools, one pair per upstream. Nothing is connected before the first request.
 *
 * @throws if an origin is named twice
 */
export function createDispatchers(upstreams: readonly UpstreamOptions[]): Dispatchers {
  const byOrigin = new Map<string, Upstream>();
  for (const options of upstreams) {
    if (byOrigin.has(options.origin)) throw new Error(`upstream ${options.origin} is configured twice`);
    byOrigin.set(options.origin, openUpstream(options));
  }
  const all = [...byOrigin.values()];
  const destroyStreams = () => all.flatMap(({ streams, hangUp }) => [streams.dispatcher.destroy(), hangUp()]);
  return {
    upstream(origin) {
      const upstream = byOrigin.get(origin);
      if (upstream === undefined) throw new Error(`upstream ${origin} is not configured`);
      return upstream;
    },
    async close() {
      await Promise.all([...destroyStreams(), ...all.map(({ calls }) => calls.dispatcher.close())]);
    },
    async destroy() {
      await Promise.all([...destroyStreams(), ...all.map(({ calls }) => calls.dispatcher.destroy())]);
    },
  };
}

function openUpstream(options: UpstreamOptions): Upstream {
  const { origin } = options;
  const callPool = openPool(options, options.connections);
  const streamPool = openPool(options, options.streams);
  const calls: Lane = {
    dispatcher: callPool,
    capacity: options.connections + options.waiting,
    held: 0,
    whenFull: 'upstream_timeout',
  };
  const streams: Lane = {
    dispatcher: streamPool,
    capacity: options.streams,
    held: 0,
    whenFull: 'too_many_streams',
  };
  const stats = () => ({
    callSockets: callPool.stats.connected,
    callsHeld: calls.held,
    streamSockets: streamPool.stats.connected,
    streamsHeld: streams.held,
  });
  let questions: Pool | undefined;
  const ask = async (path: string, signal: AbortSignal) => {
    questions ??= openPool(options, 1);
    const headers = { 'user-agent': 'coatcheck', accept: '*/*' };
    const answer = await questions.request({ method: 'GET', path, headers, signal, reset: true });
    await answer.body.dump();
    return answer.statusCode >= 200 && answer.statusCode < 300;
  };
  return { origin, calls, streams, ask, hangUp: async () => questions?.destroy(), stats };
}

function openPool(
  { origin, protocol = 'http1', connectTimeout, ca, clientCertificate }: UpstreamOptions,
  connections: number,
): Pool {
  // Verification is asked for aloud, since the environment could switch it off (NODE_TLS_REJECT_UNAUTHORIZED).
  const trust = { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }), ...clientCertificate };
  const isHttp2 = protocol !== 'http1';
  const useH2c = protocol === 'h2c';
  const spoken = { allowH2: isHttp2, preferH2: isHttp2, useH2c };
  const open = buildConnector({ timeout: connectTimeout, ...spoken, ...trust });
  return new Pool(origin, {
    connections,
    // More would let one slow answer hold up the others behind it.
    pipelining: 1,
    allowH2: isHttp2,
    ...(isHttp2 ? { useH2c, h2Options: { useH2c, maxConcurrentStreams } } : {}),
    connect(options, callback) {
      open(options, (error, socket) => {
        if (error) return callback(error, null);
        if (!isHttp2) socket.on('error', renameReset);
        else if (!('alpnProtocol' in socket) || socket.alpnProtocol !== 'h2') {
          socket.destroy();
          return callback(new Error('the upstream does not speak HTTP/2 (upstreamProtocol)'), null);
        }
        callback(null, socket);
      });
    },
  });
}

/** Over one connection; an upstream may allow less. */
const maxConcurrentStreams = 100;

/** undici takes a reset for the proper end of an answer that ends with its connection. Not under another name. */
function renameReset(error: NodeJS.ErrnoException): void {
  if (error.code === 'ECONNRESET') error.code = 'UPSTREAM_RESET';
}
