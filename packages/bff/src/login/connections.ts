import type { ConnectionView } from '@coatcheck/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { scopesAsked } from '../options/consents.ts';
import { sendProblem } from '../problems/answer.ts';
import type { Provider } from '../provider/provider.ts';
import { revocable } from '../session/record.ts';
import type { Session } from '../session/session.ts';
import type { Ticket } from '../ticket/ticket.ts';
import { readReturnTo } from '../web/return-to.ts';
import { type LoginParts, sendAway } from './send-away.ts';

export interface ConnectionParts extends LoginParts {
  /** Keeps work that goes on after the answer until it is done. */
  readonly background: (work: Promise<unknown>) => void;
}

/** `POST /bff/connections/:provider`: starts to connect an account of another provider to the session. */
export async function startConnection(
  parts: ConnectionParts,
  providerId: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { settings } = parts;
  const wanted = readReturn(request.body);
  if (wanted === undefined) return sendProblem(request, reply, { code: 'invalid_parameter' });
  const returnTo = readReturnTo(wanted, settings.publicUrl.origin, settings.basePath);
  if (returnTo === undefined) return sendProblem(request, reply, { code: 'invalid_return_to' });
  const here = await connectionHere(parts, providerId, request, reply);
  if ('sent' in here) return here.sent;
  const { provider, ticket } = here;
  const sent = await sendAway(parts, request, {
    provider,
    intent: { kind: 'connect', ticket },
    returnTo,
    errorsReturn: true,
    scopes: scopesAsked(provider.settings, [], null),
    consent: null,
    extra: {},
  });
  if (!sent.ok) return sendProblem(request, reply, sent.problem);
  return reply
    .header('set-cookie', sent.cookies)
    .header('cache-control', 'no-store')
    .send({ redirectTo: sent.url.href } satisfies ConnectionView);
}

/** `DELETE /bff/connections/:provider`: takes a connected account out of the session; one that is not there is fine. */
export async function endConnection(
  parts: ConnectionParts,
  providerId: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const here = await connectionHere(parts, providerId, request, reply);
  if ('sent' in here) return here.sent;
  const { provider } = here;
  let { session } = here;
  // A refresh that ends in between makes another grant of it.
  for (let grant = session.record.grants[providerId]; grant; grant = session.record.grants[providerId]) {
    const done = await parts.sessions.disconnect(session, providerId, 'signed-out', request.id);
    if (done.kind === 'gone')
      return sendProblem(request, reply, { code: 'session_required', reason: done.reason });
    if (done.kind === 'stored' && provider.settings.logout.revoke)
      parts.background(provider.revoke(revocable(grant)));
    session = done.session;
  }
  return reply.code(204).send();
}

async function connectionHere(
  parts: ConnectionParts,
  providerId: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<{ session: Session; ticket: Ticket; provider: Provider } | { sent: FastifyReply }> {
  const found = parts.tickets.read(request.headers);
  const loaded = found.kind === 'ticket' ? await parts.sessions.loadFresh(found.ticket) : undefined;
  if (found.kind !== 'ticket' || loaded?.kind !== 'active') {
    const reason = loaded?.kind === 'none' ? loaded.reason : 'none';
    return { sent: sendProblem(request, reply, { code: 'session_required', reason }) };
  }
  const provider = parts.providers.get(providerId);
  if (!provider) return { sent: sendProblem(request, reply, { code: 'unknown_provider' }) };
  if (providerId === loaded.session.record.provider) {
    const privateDetail = 'the account that signed in is no connection';
    return { sent: sendProblem(request, reply, { code: 'invalid_parameter', privateDetail }) };
  }
  return { session: loaded.session, ticket: found.ticket, provider };
}

/** Undefined for anything but nothing, or JSON with a text in `return_to`. */
function readReturn(body: unknown): string | undefined {
  if (body === undefined || body === null) return '/';
  if (typeof body !== 'object' || Array.isArray(body)) return undefined;
  const wanted = 'return_to' in body ? body.return_to : '/';
  return typeof wanted === 'string' ? wanted : undefined;
}
