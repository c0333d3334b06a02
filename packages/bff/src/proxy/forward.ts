import { headerNames, type SignedOutReason } from '@coatcheck/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../observe/audit.ts';
import type { HexIds } from '../observe/trace-ids.ts';
import type { Settings } from '../options/settings.ts';
import { sendProblem } from '../problems/answer.ts';
import { answerFailure } from '../problems/failures.ts';
import type { Refresher } from '../refresh/refresher.ts';
import type { TokenWant } from '../refresh/token-want.ts';
import { createLookout } from '../session/lookout.ts';
import type { SessionManager } from '../session/manager.ts';
import type { AccessToken } from '../session/record.ts';
import { touchDue } from '../session/rules.ts';
import type { Session } from '../session/session.ts';
import type { Ticket, Tickets } from '../ticket/ticket.ts';
import type { Streams } from '../web/streams.ts';
import { discardContent, type RequestBody, requestBody } from './body.ts';
import type { ForwardedFor } from './client-address.ts';
import type { ReadyRoute } from './ready-route.ts';
import { requestHeaders } from './request-headers.ts';
import { earlyHints, responseHeaders, responseTrailers } from './response-headers.ts';
import { type Outcome, send } from './send.ts';
import { resolveTarget } from './target.ts';

/** What forwarding needs of its surroundings. */
export interface ForwardParts {
  readonly settings: Settings;
  readonly tickets: Tickets;
  readonly sessions: SessionManager;
  readonly refresher: Refresher;
  readonly streams: Streams;
  readonly audit: Audit;
  readonly background: (work: Promise<unknown>) => void;
  readonly forwardedFor: ForwardedFor;
  readonly hexIds: HexIds;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** One call on its way. */
interface Call {
  readonly parts: ForwardParts;
  readonly route: ReadyRoute;
  readonly want: TokenWant;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Path and query for the upstream. */
  readonly path: string;
}

/**
 * The way of every API call: the guard has passed it; open the ticket, load the session, get a token that is good for
 * the route's resource, send. Where all of that is cached nothing here waits.
 */
export function forward(
  parts: ForwardParts,
  route: ReadyRoute,
  request: FastifyRequest,
  reply: FastifyReply,
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
  const want = { provider: route.settings.provider, resource: route.settings.resource ?? '' };
  const call: Call = { parts, route, want, request, reply, path: target.path };
  if (route.settings.session === 'none') {
    deliver(call, undefined, undefined);
    return;
  }

  const found = parts.tickets.read(request.headers);
  if (found.kind !== 'ticket') {
    withoutSession(call, found.kind === 'none' ? 'none' : 'expired');
    return;
  }
  const session = parts.sessions.peek(found.ticket);
  const token = session && parts.refresher.peek(session, want);
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
  const answer = await call.parts.refresher.obtain(loaded.session, call.want);
  if (answer.kind === 'token') authorized(call, answer.session, answer.token);
  else if (answer.kind === 'ended') withoutSession(call, answer.reason);
  else sendProblem(call.request, call.reply, { code: 'refresh_unavailable', retryAfter: answer.retryAfter });
}

function withoutSession(call: Call, reason: SignedOutReason): void {
  if (call.route.settings.session === 'optional') {
    deliver(call, undefined, undefined);
    return;
  }
  if (reason !== 'none') call.reply.header('set-cookie', call.parts.tickets.clearedFor(reason));
  sendProblem(call.request, call.reply, { code: 'session_required', reason });
}

function authorized(call: Call, session: Session, token: AccessToken): void {
  const { parts, route, request, reply } = call;
  if (!route.settings.scopes.every((scope) => token.scopes.includes(scope))) {
    sendProblem(request, reply, { code: 'insufficient_scope' });
    return;
  }
  const counts = request.headers[headerNames.background] !== '1';
  if (counts && touchDue(session.lastSeenAt, parts.now(), parts.settings.session.idle)) {
    parts.background(parts.sessions.touch(session));
  }
  deliver(call, session, token);
}

function deliver(call: Call, session: Session | undefined, token: AccessToken | undefined): void {
  const { request, reply, route } = call;
  const expects = request.headers.expect?.toLowerCase() === '100-continue';
  const body = requestBody(request.raw, {
    limit: route.settings.bodyLimit,
    ...(expects ? { beforeRead: () => reply.raw.writeContinue() } : {}),
  });
  if (body.kind === 'payload_too_large') {
    sendProblem(request, reply, { code: 'payload_too_large' });
    discardContent(request.raw);
    return;
  }
  cutInTime(call, session);
  attempt(call, body.body, token, session, (outcome) => {
    if (outcome.kind !== 'token_refused' || !session || !token) conclude(call, outcome);
    else
      again(call, body.body, session, token).catch((error: unknown) => answerFailure(error, request, reply));
  });
}

/** An event stream lasts no longer than its session, whoever ends it and wherever, and than this process serves. */
function cutInTime({ parts, request, reply }: Call, session: Session | undefined): void {
  if (!isStream(request)) return;
  const cut = () => reply.raw.destroy();
  const stream = parts.streams.open();
  stream?.onStop(cut);
  const unwatch = session && watch(parts, session, cut);
  reply.raw.once('close', () => {
    unwatch?.();
    stream?.closed();
  });
}

/**
 * Cuts when the session has ended. A store that is down cuts nothing before the end that is known here.
 *
 * @returns how to stop watching
 */
function watch({ sessions, now }: ForwardParts, session: Session, cut: () => void): () => void {
  let known = session;
  let due: NodeJS.Timeout | undefined;
  const left = () => Math.min(known.idleExpiresAt, known.record.expiresAt) - now();
  const lookout = createLookout(
    () => sessions.reload(known),
    (loaded) => (loaded.kind === 'active' ? plan(loaded.session) : cut()),
    () => {
      if (left() <= 0) cut();
    },
  );
  /** Asks the store in the end: an idle time that was moved on elsewhere is not known here. */
  const plan = (current: Session) => {
    known = current;
    clearTimeout(due);
    due = setTimeout(lookout.look, Math.min(Math.max(50, left() + 5), 2 ** 31 - 1));
  };
  const unfollow = sessions.notices.follow(session.id, (notice) => {
    if (notice.kind === 'ended') cut();
    else if (notice.kind === 'extended') plan(notice.session);
    else lookout.look();
  });
  plan(session);
  return () => {
    clearTimeout(due);
    lookout.close();
    unfollow();
  };
}

function isStream(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/event-stream') ?? false;
}

/** After the API refused the token as invalid: once more, with a newer one where there is one. */
async function again(call: Call, body: RequestBody, session: Session, refused: AccessToken): Promise<void> {
  const answer = await call.parts.refresher.replace(session, call.want, refused);
  if (answer?.kind === 'ended' || answer?.kind === 'unavailable') body.discard();
  if (answer?.kind === 'ended') withoutSession(call, answer.reason);
  else if (answer?.kind === 'unavailable') {
    sendProblem(call.request, call.reply, { code: 'refresh_unavailable', retryAfter: answer.retryAfter });
  } else attempt(call, body, answer?.token ?? refused, undefined, (outcome) => conclude(call, outcome));
}

function attempt(
  call: Call,
  body: RequestBody,
  token: AccessToken | undefined,
  retryFor: Session | undefined,
  done: (outcome: Outcome) => void,
): void {
  const { parts, route, request, reply, path } = call;
  const { settings, upstream } = route;
  const made = requestHeaders({
    rawHeaders: request.raw.rawHeaders,
    upstreamHost: route.upstreamHost,
    token: token ? { type: token.type === 'DPoP' ? 'DPoP' : 'Bearer', value: token.value } : null,
    forwarded: {
      for: parts.forwardedFor(request.raw),
      host: parts.settings.publicUrl.host,
      proto: parts.settings.secure ? 'https' : 'http',
    },
    requestId: request.id,
    kept: route.kept,
    randomHex: parts.hexIds,
  });
  if (made.kind === 'loop') {
    sendProblem(request, reply, {
      code: 'malformed_request',
      privateDetail: 'the request went round in a circle',
    });
    return;
  }
  const context = {
    upstreamOrigin: upstream.origin,
    upstreamPath: settings.upstreamPath,
    prefix: settings.prefix,
    requestPath: path,
    method: request.method,
    httpVersion: request.raw.httpVersion,
    token: token?.value ?? null,
  };
  const stream = isStream(request);
  send(
    stream ? upstream.streams : upstream.calls,
    {
      request: request.raw,
      response: reply.raw,
      method: request.method,
      path,
      headers: made.headers,
      body,
      // Asked when the refusal comes: a long body may have passed by then, and cannot be sent again.
      interceptsInvalidToken() {
        if (!retryFor || !token || !body.isReplayable()) return false;
        return parts.refresher.isReplaceable(retryFor, call.want, token);
      },
      relay: {
        headers(status, rawHeaders) {
          const answer = responseHeaders(status, rawHeaders, route.rules, context);
          if (answer.kind === 'ok') reply.hijack();
          if (answer.kind === 'ok' && answer.tokenEchoed) {
            request.log.warn(
              { event: 'token.echoed' },
              'the upstream sent the access token back in a header',
            );
          }
          return answer;
        },
        trailers: (rawTrailers) => responseTrailers(rawTrailers, route.rules, context.token),
        hints: (rawHeaders) => earlyHints(rawHeaders, context.token),
      },
      timeouts: {
        wait: settings.timeout,
        headers: settings.timeout,
        body: stream ? 0 : settings.timeout,
        stall: 60_000,
      },
    },
    done,
  );
}

/** What is left to do when the exchange is over. */
function conclude({ request, reply }: Call, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'answered':
      return;
    case 'aborted':
      if (!reply.sent) reply.hijack();
      request.log.debug({ by: outcome.by, err: outcome.cause }, 'exchange aborted');
      return;
    case 'failed':
      sendProblem(request, reply, { code: outcome.code, privateDetail: outcome.cause.message });
      return;
    case 'token_refused':
      sendProblem(request, reply, { code: 'upstream_invalid', privateDetail: 'refused without being asked' });
  }
}
