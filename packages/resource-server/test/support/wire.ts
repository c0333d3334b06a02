import { type IncomingHttpHeaders, request } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { portOf } from './authorization-server.ts';

/** A request to a listening app whose target and headers reach it as they stand here: inject() would mend them. */
export function overTheWire(
  app: FastifyInstance,
  headers: readonly string[],
  path = '/any',
): Promise<{ status: number | undefined; headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    request(
      {
        host: '127.0.0.1',
        port: portOf(app.server.address()),
        path,
        headers: ['Host', 'api.test', ...headers],
        agent: false,
      },
      (response) => {
        response.resume();
        resolve({ status: response.statusCode, headers: response.headers });
      },
    )
      .on('error', reject)
      .end();
  });
}
