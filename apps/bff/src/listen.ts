import type { FastifyInstance } from 'fastify';

/** A port is used by another program, or may not be used by this one. */
export class PortTaken extends Error {
  readonly code = 'port_taken';
}

/** Where a server listens, and the option that says so. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly key: 'listen.port' | 'management.port';
}

/**
 * Opens the port of a server.
 *
 * @returns its URL
 * @throws PortTaken
 */
export async function listen(app: FastifyInstance, { host, port, key }: Address): Promise<string> {
  try {
    return await app.listen({ host, port, listenTextResolver: (address) => `listening at ${address}` });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') {
      throw new PortTaken(`Port ${port} on ${host} is taken by another program. Set ${key} to a free one.`, {
        cause: error,
      });
    }
    if (code === 'EACCES')
      throw new PortTaken(`Port ${port} on ${host} may not be used. Set ${key} above 1023.`, {
        cause: error,
      });
    throw error;
  }
}
