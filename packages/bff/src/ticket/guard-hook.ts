import type { onRequestHookHandler } from 'fastify';
import type { Audit } from '../observe/audit.ts';
import type { Settings } from '../options/settings.ts';
import { sendProblem } from '../problems/answer.ts';
import { refusalOf } from './guard.ts';

/** A hook that lets only our own pages pass (see guard.ts). */
export function guardHook(settings: Settings, audit: Audit): onRequestHookHandler {
  return (request, reply, done) => {
    const call = { method: request.method, headers: request.headers };
    const refusal = refusalOf(call, settings.publicUrl.origin, settings.requireHeader);
    if (refusal === null) return done();
    audit({ event: 'request.refused', code: 'cross_site_request', detail: refusal }, request.id);
    sendProblem(request, reply, { code: 'cross_site_request', privateDetail: refusal });
  };
}
