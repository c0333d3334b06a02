/** How many sockets each use may have, so that all together never meet the limit of the process. */
export interface Caps {
  /** Connections to one upstream for ordinary calls. */
  readonly connections: number;
  /** Event streams from one upstream, each on a connection of its own. */
  readonly streams: number;
  /** WebSockets to one upstream. */
  readonly webSockets: number;
  /** Connections of browsers. Null where the system sets no limit. */
  readonly clients: number | null;
  /** Event streams and WebSockets of browsers: open for hours, they must leave room for calls. */
  readonly longLived: number;
}

/** What is had where the limit is no matter. */
export const wanted = { connections: 256, streams: 1_024, webSockets: 4_096, longLived: 10_000 } as const;

/** For the program, the store, the providers, logs and the management port. */
const own = 128;

/**
 * Shares out the file descriptors of this process. A descriptor that is not to be had makes sockets fail in every
 * place at once; a connection beyond its share is refused in one.
 *
 * @param limit file descriptors; undefined where there is no limit
 * @param upstreams how many there are
 */
export function capsFor(limit: number | undefined, upstreams: number): Caps {
  if (limit === undefined) return { ...wanted, clients: null };
  const shared = Math.max(0, limit - own);
  // Upstreams get no more than half, for each of their sockets serves a browser's.
  const each = Math.floor(shared / 2 / Math.max(1, upstreams));
  const connections = share(wanted.connections, each / 2);
  const streams = share(wanted.streams, (each - connections) / 2);
  const webSockets = share(wanted.webSockets, each - connections - streams);
  const clients = Math.max(1, shared - upstreams * (connections + streams + webSockets));
  return { connections, streams, webSockets, clients, longLived: share(wanted.longLived, clients / 2) };
}

function share(most: number, part: number): number {
  return Math.max(1, Math.min(most, Math.floor(part)));
}
