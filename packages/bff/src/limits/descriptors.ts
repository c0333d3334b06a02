import type { FastifyInstance } from 'fastify';
import { ConfigError } from '../options/problems.ts';
import { type Caps, capsFor, wanted } from '../proxy/caps.ts';

/** Fewer file descriptors than this leave nothing to share out. */
const fewest = 256;

/** Milliseconds between two complaints. */
const complainEvery = 60_000;

/**
 * Shares out the file descriptors of this process, and from now on refuses browsers' connections beyond their share: a
 * process that has none left cannot answer anybody, nor reach its store.
 *
 * @param limit file descriptors of the process; undefined where there is no limit
 * @param upstreams how many there are
 * @param now milliseconds since the epoch
 * @throws ConfigError where the limit is too low to serve at all
 */
export function shareDescriptors(
  fastify: FastifyInstance,
  limit: number | undefined,
  upstreams: number,
  now: () => number,
): Caps {
  if (limit !== undefined && limit < fewest) {
    const problem = `lets this process open ${limit} files and sockets.`;
    throw new ConfigError([
      { key: 'ulimit -n', problem, fix: `Raise it: ${fewest} at least, better 65536.` },
    ]);
  }
  const caps = capsFor(limit, upstreams);
  const { server, log } = fastify;
  if (caps.connections < wanted.connections || caps.longLived < wanted.longLived) {
    const level = caps.connections < wanted.connections ? 'warn' : 'info';
    log[level](
      { limit, ...caps },
      'few file descriptors (ulimit -n): less is served at a time than could be',
    );
  }
  if (caps.clients === null || server.maxConnections !== undefined) return caps;
  server.maxConnections = caps.clients;
  let complainedAt = Number.NEGATIVE_INFINITY;
  server.on('drop', () => {
    if (now() - complainedAt < complainEvery) return;
    complainedAt = now();
    log.warn({ most: caps.clients }, 'more connections than file descriptors allow: new ones are closed');
  });
  return caps;
}
