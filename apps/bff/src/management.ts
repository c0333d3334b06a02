import { managementPaths } from '@coatcheck/protocol';
import fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from 'fastify';
import { Type } from 'typebox';

/** What the management port tells of and acts on: one process, or all workers. */
export interface Managed {
  checks(): Promise<Checks>;
  /** The Prometheus text format. */
  metrics(): string | Promise<string>;
  /** Ends all sessions of a person; resolves to how many there were. */
  endSubject(issuer: string, subject: string): Promise<number>;
}

export interface Checks {
  /** Without it nothing can be served. */
  readonly store: boolean;
  readonly providers: Readonly<Record<string, boolean>>;
  /** How those stand that are watched, by route and origin. Instances are not taken out of service for them. */
  readonly upstreams: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Where there are several. */
  readonly workers?: { readonly wanted: number; readonly ready: number };
}

const subject = Type.Object(
  { issuer: Type.String({ minLength: 1 }), subject: Type.String({ minLength: 1 }) },
  { additionalProperties: false },
);

/**
 * The management server, on a port of its own that no browser reaches; {@link manage} gives it something to tell.
 *
 * @param logger for the process that has no other; requests are not logged
 */
export function createManagement(logger: FastifyServerOptions['logger'] = false): FastifyInstance {
  return fastify({ logger, logController: new LogController({ disableRequestLogging: true }) });
}

/**
 * Adds probes, metrics and administration.
 *
 * @param isStopping whether the server shuts down, when it must not get new traffic
 */
export function manage(app: FastifyInstance, managed: Managed, isStopping: () => boolean): void {
  app.get(managementPaths.live, () => ({ status: 'alive' }));

  app.get(managementPaths.ready, async (_request, reply) => {
    const checks = await managed.checks();
    const ready = checks.store && !isStopping();
    // A provider that is down is told, but sessions work without it, so it takes no instance out of service.
    return reply.code(ready ? 200 : 503).send({ ready, stopping: isStopping(), ...checks });
  });

  app.get(managementPaths.metrics, async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await managed.metrics()),
  );

  app.delete<{ Body: { issuer: string; subject: string } }>(
    managementPaths.subjectSessions,
    { schema: { body: subject } },
    async (request) => ({ ended: await managed.endSubject(request.body.issuer, request.body.subject) }),
  );
}
