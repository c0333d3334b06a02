import type { Coatcheck } from '@coatcheck/bff';
import { managementPaths } from '@coatcheck/protocol';
import fastify, { type FastifyInstance } from 'fastify';
import { Type } from 'typebox';

const subject = Type.Object(
  { issuer: Type.String({ minLength: 1 }), subject: Type.String({ minLength: 1 }) },
  { additionalProperties: false },
);

/**
 * The management server: probes, metrics and administration, on a port of its own that no browser reaches.
 *
 * @param isStopping whether the process shuts down, when it must not get new traffic
 */
export function buildManagement(coatcheck: Coatcheck, isStopping: () => boolean): FastifyInstance {
  const app = fastify({ logger: false });

  app.get(managementPaths.live, () => ({ status: 'alive' }));

  app.get(managementPaths.ready, async (_request, reply) => {
    const checks = await coatcheck.checks();
    const ready = checks.store && !isStopping();
    // A provider that is down is told, but sessions work without it, so it takes no instance out of service.
    return reply.code(ready ? 200 : 503).send({ ready, stopping: isStopping(), ...checks });
  });

  app.get(managementPaths.metrics, (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(coatcheck.metrics()),
  );

  app.delete<{ Body: { issuer: string; subject: string } }>(
    managementPaths.subjectSessions,
    { schema: { body: subject } },
    async (request) => ({ ended: await coatcheck.endSubject(request.body.issuer, request.body.subject) }),
  );
  return app;
}
