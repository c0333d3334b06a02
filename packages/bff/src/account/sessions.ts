import { createHash } from 'node:crypto';
import type { DeviceSessionView } from '@coatcheck/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../problems/answer.ts';
import type { DeviceLabels } from '../session/device.ts';
import type { Session } from '../session/session.ts';
import { readQuery } from '../web/query.ts';
import { type AccountParts, sessionHere } from './session.ts';

export interface SessionsParts extends AccountParts {
  readonly devices: DeviceLabels;
}

/** `GET /bff/sessions`: the person's sessions, newest use first. */
export async function listSessions(
  parts: SessionsParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<DeviceSessionView[] | FastifyReply> {
  const here = await sessionHere(parts, request, reply);
  if (here.kind === 'none')
    return sendProblem(request, reply, { code: 'session_required', reason: here.reason });
  const { record, id } = here.session;
  const stored = await parts.sessions.ofSubject(record.issuer, record.subject);
  return stored
    .sort((a, b) => b.lastSeenAt - a.lastSeenAt)
    .map((one) => ({
      id: publicId(one.id),
      device: parts.devices.open(one.device),
      createdAt: new Date(one.createdAt).toISOString(),
      lastSeenAt: new Date(one.lastSeenAt).toISOString(),
      current: one.id === id,
    }));
}

/** `DELETE /bff/sessions/:id`: ends one of the person's own sessions; anybody else's is not found. */
export async function endSession(
  parts: SessionsParts,
  publicIdWanted: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const here = await sessionHere(parts, request, reply);
  if (here.kind === 'none')
    return sendProblem(request, reply, { code: 'session_required', reason: here.reason });
  const own = await idsOf(parts, here.session);
  const id = own.find((one) => publicId(one) === publicIdWanted);
  if (id === undefined) return sendProblem(request, reply, { code: 'not_found' });
  await parts.sessions.end(id, 'revoked', request.id);
  if (id === here.session.id) reply.header('set-cookie', parts.tickets.cleared());
  return reply.code(204).send();
}

/** `DELETE /bff/sessions?others=1`: ends all but the one at hand. */
export async function endOtherSessions(
  parts: SessionsParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (readQuery(request.raw.url ?? '', ['others'])?.others !== '1') {
    return sendProblem(request, reply, { code: 'invalid_parameter', privateDetail: 'others=1 is missing' });
  }
  const here = await sessionHere(parts, request, reply);
  if (here.kind === 'none')
    return sendProblem(request, reply, { code: 'session_required', reason: here.reason });
  const others = (await idsOf(parts, here.session)).filter((id) => id !== here.session.id);
  const ended = await Promise.all(others.map((id) => parts.sessions.end(id, 'revoked', request.id)));
  return reply.send({ ended: ended.filter(Boolean).length });
}

async function idsOf(parts: SessionsParts, session: Session): Promise<string[]> {
  const stored = await parts.sessions.ofSubject(session.record.issuer, session.record.subject);
  return stored.map((one) => one.id);
}

/** A session's name for people: it opens nothing, and does not tell where the record stands. */
function publicId(idHash: string): string {
  return createHash('sha256').update(`public/${idHash}`).digest('base64url').slice(0, 16);
}
