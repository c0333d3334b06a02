import { headerNames, type SignedOutReason } from '@coatcheck/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../observe/audit.ts';
import type { Flow } from '../observe/flow.ts';
import type { HexIds } from '../observe/trace-ids.ts';
import { deniedBy } from '../options/access.ts';
import type { Settings } from '../options/settings.ts';
import { sendProblem } from '../problems/answer.ts';
import { answerFailure } from '../problems/failures.ts';
import type { Problem } from '../problems/registry.ts';
import type { Refresher, TokenAnswer } from '../refresh/refresher.ts';
import { wantFor } from '../refresh/token-want.ts';
import type { SessionManager } from '../session/manager.ts';
import type { AccessToken } from '../session/record.ts';
import type { Session } from '../session/session.ts';
import type { Ticket, Tickets } from '../ticket/ticket.ts';
import type { Streams } from '../web/streams.ts';
import type { ForwardedFor } from './client-address.ts';
import { keyOf, type Proofs } from './dpop/proofs.ts';
import type { ReadyRoute } from './ready-route.ts';
import { missingScopes } from './remedies.ts';
import { requestHeaders } from './request-headers.ts';
import type { ResponseContext } from './response-headers.ts';
import { resolveTarget } from './target.ts';
import type { Origin } from './upstream/origins.ts';

/** What forwarding needs of its surroundings. */
export interface ForwardParts {
  readonly settings: Settings;
  readonly tickets: Tickets;
  readonly sessions: SessionManager;
  readonly refresher: Refresher;
  readonly streams: Streams;
  /** Null unless diagnostics are switched on. */
  readonly flow: Flow | null;
  readonly audit: Audit;
  readonly background: (work: Promise<unknown>) => void;
  readonly forwardedFor: ForwardedFor;
  readonly hexIds: HexIds;
  /** Between two uses of a session that are worth a write. Milliseconds. */
  readonly touchPause: number;
  readonly proofs: Proofs;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What becomes of a call that may pass; without session and token where the route lets anonymous callers through. */
export type Pass = (call: Call, session: Session | undefined, token: AccessToken | undefined) => void;

/** One call on its way. */
export interface Call {
  readonly parts: ForwardParts;
  readonly route: ReadyRoute;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Path and query for the upstream. */
  readonly path: string;
  readonly pass: Pass;
}

/**
 * Judges every call and every WebSocket alike, after the guard: look at the path, open the ticket, load the session,
 * get a token that is good for the route's resource. Where all of that is cached nothing here waits. Who may not pass
 * gets an answer from here.
 */
export function admit(
  parts: ForwardParts,
  route: ReadyRoute,
  request: FastifyRequest,
  reply: FastifyReply,
  pass: Pass,
): void {
  const target = resolveTarget(request.raw.url ?? '', route.settings);
  if (target.kind !== 'ok') {
    sendProblem(request, reply, { code: target.kind === 'ambiguous' ? 'ambiguous_path' : 'not_found' });
    return;
  }
  if (request.headers['service-worker'] !== undefined) {
    sendProblem(request, reply, { code: 'service_worker_refused' });
    return;
  }
  const call: Call = { parts, route, request, reply, path: target.path, pass };
  if (route.settings.session === 'none') {
    pass(call, undefined, undefined);
    return;
  }

  const found = parts.tickets.read(request.headers);
  if (found.kind !== 'ticket') {
    withoutSession(call, found.kind === 'none' ? 'none' : 'expired');
    return;
  }
  const session = parts.sessions.peek(found.ticket);
  const token = session && parts.refresher.peek(session, route.want);
  if (session && token) authorized(call, session, token);
  else slowly(call, found.ticket).catch((error: unknown) => answerFailure(error, request, reply));
}

/** The way where the store has to be asked, or the token refreshed. */
async function slowly(call: Call, ticket: Ticket): Promise<void> {
  const loaded = await call.parts.sessions.load(ticket);
  if (loaded.kind === 'none') {
    withoutSession(call, loaded.reason);
    return;
  }
  const answer = await call.parts.refresher.obtain(loaded.session, call.route.want);
  if (answer.kind === 'token') authorized(call, answer.session, answer.token);
  else if (answer.kind === 'ended') withoutSession(call, answer.reason);
  else if (answer.kind === 'disconnected' && call.route.settings.session === 'optional')
    call.pass(call, undefined, undefined);
  else sendProblem(call.request, call.reply, withoutToken(answer));
}

/** Where there is no session, or no more: lets the call pass without one, or refuses it. */
export function withoutSession(call: Call, reason: SignedOutReason): void {
  if (call.route.settings.session === 'optional') {
    call.pass(call, undefined, undefined);
    return;
  }
  if (reason !== 'none') call.reply.header('set-cookie', call.parts.tickets.clearedFor(reason));
  sendProblem(call.request, call.reply, { code: 'session_required', reason });
}

/** What a call is told whose session has no token for it. */
export function withoutToken(
  answer: TokenAnswer & { kind: 'denied' | 'disconnected' | 'unavailable' },
): Problem {
  if (answer.kind === 'disconnected')
    return { code: 'connection_required', remedy: { provider: answer.provider } };
  return answer.kind === 'denied'
    ? { code: 'token_denied' }
    : { code: 'refresh_unavailable', retryAfter: answer.retryAfter };
}

function authorized(call: Call, session: Session, token: AccessToken): void {
  const { parts, route, request, reply } = call;
  const denied = deniedBy(route.settings.access, session.record.facts ?? {});
  if (denied !== null) {
    sendProblem(request, reply, { code: 'not_allowed', privateDetail: `access.${denied} does not hold` });
    return;
  }
  if (!route.settings.scopes.every((scope) => token.scopes.includes(scope))) {
    sendProblem(request, reply, withoutScopes(call, token));
    return;
  }
  const counts = request.headers[headerNames.background] !== '1';
  if (counts && parts.now() - session.lastSeenAt >= parts.touchPause) {
    parts.background(parts.sessions.touch(session));
  }
  call.pass(call, session, token);
}

/**
 * What a call would be told by now that was admitted with a session: for streams, which live while grants and claims
 * change.
 *
 * @returns undefined while it may go on
 */
export function refusalSince({ route }: Call, { record }: Session): Problem | undefined {
  const { provider } = wantFor(route.want, record);
  if (record.grants[provider] === undefined) return withoutToken({ kind: 'disconnected', provider });
  const denied = deniedBy(route.settings.access, record.facts ?? {});
  return denied === null
    ? undefined
    : { code: 'not_allowed', privateDetail: `access.${denied} does not hold` };
}

function withoutScopes({ parts, route }: Call, token: AccessToken): Problem {
  const missing = route.settings.scopes.filter((scope) => !token.scopes.includes(scope));
  return missingScopes(parts.settings, route.settings.provider, missing);
}

/** What a call is told where none of its route's upstreams works, as far as is known. */
export function withoutUpstream({ origins }: ReadyRoute): Problem {
  return { code: 'upstream_unreachable', status: 503, retryAfter: origins.retryAfter() };
}

/**
 * The fields of the request to the upstream.
 *
 * @returns undefined where it cannot be sent: it has been answered
 */
export function upstreamHeaders(
  call: Call,
  { settings }: Origin,
  session: Session | undefined,
  token: AccessToken | undefined,
): string[] | undefined {
  const { parts, route, request, reply } = call;
  const { added } = route;
  const made = requestHeaders({
    rawHeaders: request.raw.rawHeaders,
    upstreamHost: settings.host,
    token: token ? { type: token.type === 'DPoP' ? 'DPoP' : 'Bearer', value: token.value } : null,
    forwarded: {
      for: parts.forwardedFor(request.raw),
      host: parts.settings.publicUrl.host,
      proto: parts.settings.secure ? 'https' : 'http',
    },
    requestId: request.id,
    names: route.names,
    added: added?.of(session?.record),
    randomHex: parts.hexIds,
  });
  if (made.kind === 'ok') {
    const { headers } = made;
    return token?.type === 'DPoP' ? proven(call, settings.origin, session, token, headers) : headers;
  }
  sendProblem(request, reply, {
    code: 'malformed_request',
    privateDetail: 'the request went round in a circle',
  });
  return undefined;
}

/** Adds the proof that a token asks for which is bound to the session's key (RFC 9449 §7.1). */
function proven(
  { parts, route, request, reply, path }: Call,
  origin: string,
  session: Session | undefined,
  token: AccessToken,
  headers: string[],
): string[] | undefined {
  const key = keyOf(token, session, route.want.provider);
  if (key === undefined) {
    const privateDetail = 'the session has a DPoP token, but not its key';
    sendProblem(request, reply, { code: 'token_denied', privateDetail });
    return undefined;
  }
  headers.push('dpop', parts.proofs.make({ key, origin }, request.method, path, token));
  return headers;
}

/** What the fields of the upstream's answer are judged by. */
export function responseContext(
  call: Call,
  { settings }: Origin,
  token: AccessToken | undefined,
): ResponseContext {
  const { route, request } = call;
  return {
    upstreamOrigin: settings.origin,
    upstreamPath: route.settings.upstreamPath,
    prefix: route.settings.prefix,
    requestPath: call.path,
    method: request.method,
    httpVersion: request.raw.httpVersion,
    token: token?.value ?? null,
  };
}
