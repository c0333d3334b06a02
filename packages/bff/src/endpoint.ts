import type {
  FastifyContextConfig,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
} from 'fastify';
import { sendProblem } from './problems/answer.ts';
import { formBody } from './web/query.ts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

/** Adds a route of ours: its methods, and 405 with `Allow` for all others (RFC 9110 §15.5.6). */
export function addEndpoint(
  fastify: FastifyInstance,
  url: string,
  handlers: Readonly<Partial<Record<'GET' | 'POST' | 'DELETE', Handler>>>,
  config: FastifyContextConfig = {},
  guards: readonly onRequestHookHandler[] = [],
): void {
  const known = Object.keys(handlers);
  const allow = known.includes('GET') ? [...known, 'HEAD'] : known;
  // A list of its own for each: plugins add to it.
  for (const [method, handler] of Object.entries(handlers))
    fastify.route({ method, url, config, onRequest: [...guards], handler });
  fastify.route({
    method: fastify.supportedMethods.filter((method) => !allow.includes(method)),
    url,
    handler: (request, reply) => sendProblem(request, reply, { code: 'method_not_allowed', allow }),
  });
}

/** Lets our own routes read JSON and forms up to 16 KiB, and nothing else. */
export function readSmallBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const options = { parseAs: 'string', bodyLimit: 16_384 } as const;
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('application/json', options, (request, body, done) => {
    const text = String(body);
    if (text === '') done(null, undefined);
    else parseJson(request, text, done);
  });
  fastify.addContentTypeParser('application/x-www-form-urlencoded', options, (_request, body, done) =>
    done(null, formBody(String(body))),
  );
}
