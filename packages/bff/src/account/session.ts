import type { ProviderView, SessionView, SignedOutReason } from '@coatcheck/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Settings } from '../options/settings.ts';
import { sendProblem } from '../problems/answer.ts';
import type { SessionManager } from '../session/manager.ts';
import type { Session } from '../session/session.ts';
import type { Ticket, Tickets } from '../ticket/ticket.ts';
import { viewOf } from './session-view.ts';

export interface AccountParts {
  readonly settings: Settings;
  readonly tickets: Tickets;
  readonly sessions: SessionManager;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

type Here =
  | { readonly kind: 'active'; readonly session: Session; readonly ticket: Ticket }
  | { readonly kind: 'none'; readonly reason: SignedOutReason };

/** `GET /bff/session`: who is signed in, or why nobody is. Reading it is no use of the session. */
export async function showSession(
  parts: AccountParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<SessionView> {
  const here = await sessionHere(parts, request, reply);
  if (here.kind === 'none') return { authenticated: false, reason: here.reason };
  resealIfOld(parts, request, reply, here);
  return viewOf(parts.settings, here.session, parts.now());
}

/** `POST /bff/session/extend`: “stay signed in”. */
export async function extendSession(
  parts: AccountParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<SessionView | FastifyReply> {
  const here = await sessionHere(parts, request, reply);
  if (here.kind === 'none')
    return sendProblem(request, reply, { code: 'session_required', reason: here.reason });
  resealIfOld(parts, request, reply, here);
  const extended = await parts.sessions.touch(here.session, true);
  if (!extended) {
    const reason = (await parts.sessions.endOf(here.session.id)) ?? 'expired';
    reply.header('set-cookie', parts.tickets.clearedFor(reason));
    return sendProblem(request, reply, { code: 'session_required', reason });
  }
  return viewOf(parts.settings, extended, parts.now());
}

/** `GET /bff/providers`: what a sign-in page needs. */
export function listProviders(settings: Settings): ProviderView[] {
  return settings.providers.map(({ id, label }, index) => ({
    id,
    label,
    default: index === 0,
    loginUrl: `${settings.paths.login}?provider=${id}`,
  }));
}

/** The session of the request. */
export async function sessionOf(parts: AccountParts, request: FastifyRequest): Promise<Here> {
  const found = parts.tickets.read(request.headers);
  if (found.kind !== 'ticket') return { kind: 'none', reason: 'none' };
  const loaded = await parts.sessions.load(found.ticket);
  return loaded.kind === 'active' ? { ...loaded, ticket: found.ticket } : loaded;
}

/** The same; a ticket that opens nothing any more is taken from the browser. */
export async function sessionHere(
  parts: AccountParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Here> {
  const here = await sessionOf(parts, request);
  if (here.kind === 'none' && parts.tickets.read(request.headers).kind !== 'none') {
    reply.header('set-cookie', parts.tickets.clearedFor(here.reason));
  }
  return here;
}

function resealIfOld(
  parts: AccountParts,
  request: FastifyRequest,
  reply: FastifyReply,
  here: Here & { kind: 'active' },
): void {
  if (!here.ticket.rotate) return;
  const life = Math.max(0, Math.floor((here.session.record.expiresAt - parts.now()) / 1_000));
  reply.header('set-cookie', parts.tickets.resealed(request.headers, life));
}
