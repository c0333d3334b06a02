import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../observe/audit.ts';
import type { Settings } from '../options/settings.ts';
import { sendProblem } from '../problems/answer.ts';
import { refusalOf } from './guard.ts';

/** Looks at a request before its body is read. */
export type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;

/** A hook that lets only our own pages pass (see guard.ts). */
export function guardHook(settings: Settings, audit: Audit): Hook {
  return async (request, reply) => {
    const call = { method: request.method, headers: request.headers };
    const refusal = refusalOf(call, settings.publicUrl.origin, settings.requireHeader);
    if (refusal === null) return undefined;
    audit({ event: 'request.refused', code: 'cross_site_request', detail: refusal }, request.id);
    return sendProblem(request, reply, { code: 'cross_site_request', privateDetail: refusal });
  };
}
