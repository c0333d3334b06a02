import type { Server } from 'node:http';
import { IdpStartError } from '../start-error.ts';

/**
 * Listens.
 *
 * @param port 0 takes a free one
 * @param variable of the environment that chooses the port, for the message
 * @returns the port
 * @throws IdpStartError where it is taken or the address is not ours
 */
export function listen(
  server: Server,
  host: string,
  port: number,
  variable: string = 'IDP_PORT',
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = `${variable}: ${port} is taken: end what listens there, or set ${variable} to a free port`;
      const other = `IDP_HOST: cannot listen on ${host}:${port} (${cause.message}): use 127.0.0.1 and a free port`;
      reject(new IdpStartError(cause.code === 'EADDRINUSE' ? taken : other, { cause }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Stops listening and ends the connections: idle ones at once, busy ones after two seconds at the latest. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 2_000).unref();
  });
}
