import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyServerOptions } from 'fastify';

/** Where log lines go; `stream` is standard output if left out. */
export interface LogOptions {
  readonly level: string;
  readonly stream?: { write(line: string): void };
}

/**
 * Fastify's logger. Its own request serializer would log the whole URL; only method and path are logged here, and no
 * header.
 */
export function loggerFor(log: LogOptions | undefined): NonNullable<FastifyServerOptions['logger']> {
  if (log === undefined) return false;
  return {
    level: log.level,
    ...(log.stream && { stream: log.stream }),
    serializers: { req: ({ method, url }) => ({ method, path: url?.split('?', 1)[0] }) },
  };
}

/** The request id that the BFF sent along, so that both logs can be read together, else a new one. */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
}
