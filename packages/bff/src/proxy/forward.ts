import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../problems/answer.ts';
import { answerFailure } from '../problems/failures.ts';
import type { Problem } from '../problems/registry.ts';
import type { AccessToken } from '../session/record.ts';
import type { Session } from '../session/session.ts';
import type { OpenStream } from '../web/streams.ts';
import {
  admit,
  type Call,
  type ForwardParts,
  refusalSince,
  responseContext,
  upstreamHeaders,
  withoutSession,
  withoutToken,
  withoutUpstream,
} from './admission.ts';
import { discardContent, type RequestBody, requestBody } from './body.ts';
import { keyOf } from './dpop/proofs.ts';
import { EventBoundary, sessionEndedEvent } from './last-event.ts';
import type { ReadyRoute } from './ready-route.ts';
import { remedyFor } from './remedies.ts';
import { earlyHints, responseHeaders, responseTrailers } from './response-headers.ts';
import { type Finish, type Outcome, send } from './send.ts';
import { watchSession } from './session-watch.ts';
import { tellOfAnswer, tellOfCall, tellOfForwarding, tellOfRefusal } from './told-flow.ts';
import { callsHeld, type Origin, streamsHeld } from './upstream/origins.ts';
import { isRetriable, isUnconnected, verdictOf, verdictOfEnd } from './upstream/retry.ts';

/**
 * The way of every API call: the guard has passed it; admit it (admission.ts), send it, relay the answer. Where session
 * and token are cached nothing here waits.
 */
export function forward(
  parts: ForwardParts,
  route: ReadyRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  admit(parts, route, request, reply, deliver);
}

function deliver(call: Call, session: Session | undefined, token: AccessToken | undefined): void {
  const { parts, request, reply, route } = call;
  if (reply.raw.destroyed || request.raw.socket.destroyed) {
    // Left while the session was looked up: nobody would tell what is opened now that it is to be closed.
    reply.hijack();
    return;
  }
  if (route.callLimit && session && !route.callLimit.enter(session.id, request.raw, reply.raw)) {
    sendProblem(request, reply, { code: 'too_many_calls', retryAfter: 1 });
    discardContent(request.raw);
    return;
  }
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
  let life: StreamLife | undefined;
  if (isStream(request)) {
    const place = parts.streams.open();
    if (place === undefined) {
      sendProblem(request, reply, { code: 'too_many_streams', retryAfter: 5 });
      discardContent(request.raw);
      return;
    }
    life = boundLife(call, session, place);
  }
  if (parts.flow && session) tellOfCall(parts.flow, session.id, call);
  attempt({
    call,
    body: body.body,
    life,
    session,
    token,
    mayReplaceToken: true,
    noncesLeft: route.origins.all.length,
    sent: 0,
    tried: noOrigins,
    deadline: parts.now() + route.settings.timeout,
  });
}

/** A call on its way to an upstream, sent once or more. */
interface Delivery {
  readonly call: Call;
  readonly body: RequestBody;
  readonly life: StreamLife | undefined;
  session: Session | undefined;
  token: AccessToken | undefined;
  /** Whether a refusal of the token may cause another attempt with a newer one. */
  mayReplaceToken: boolean;
  /** How many more challenges for a nonce are answered: one of each upstream. */
  noncesLeft: number;
  /** How often it was sent, but for a refused token or proof. */
  sent: number;
  /** Where it was sent in vain. */
  tried: readonly Origin[];
  /** When it is sent no more. Milliseconds since the epoch. */
  readonly deadline: number;
}

const noOrigins: readonly Origin[] = [];

/** A stream that others may end. */
interface StreamLife {
  readonly boundary: EventBoundary;
  /** Set once it is on its way. */
  finish: Finish | undefined;
}

/** How long a stream that has to end waits to be told why. Milliseconds. */
const longestQuestion = 500;

/** An event stream lasts no longer than its session, whoever ends it and wherever, and than this process serves. */
function boundLife(call: Call, session: Session | undefined, place: OpenStream): StreamLife {
  const { parts, reply } = call;
  const life: StreamLife = { boundary: new EventBoundary(), finish: undefined };
  const end = (last: Promise<Uint8Array>) => (life.finish ? life.finish(last) : reply.raw.destroy());
  place.onStop(() => end(Promise.resolve(new Uint8Array())));
  const watch =
    session &&
    watchSession(
      parts,
      session,
      (why) => {
        const late = delay(longestQuestion, 'expired' as const, { ref: false });
        end(Promise.race([why(), late]).then(sessionEndedEvent));
      },
      (current) => {
        if (refusalSince(call, current)) end(Promise.resolve(new Uint8Array()));
      },
    );
  reply.raw.once('close', () => {
    watch?.stop();
    place.closed();
  });
  return life;
}

function isStream(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/event-stream') ?? false;
}

/** After the API refused the token as invalid: once more, with a newer one where there is one. */
async function again(delivery: Delivery, session: Session, refused: AccessToken): Promise<void> {
  const { call, body } = delivery;
  if (call.parts.flow) tellOfRefusal(call.parts.flow, session.id);
  const answer = await call.parts.refresher.replace(session, call.route.want, refused);
  if (answer === undefined || answer.kind === 'token') {
    delivery.mayReplaceToken = false;
    delivery.sent -= 1;
    if (answer) {
      delivery.token = answer.token;
      delivery.session = answer.session;
    }
    attempt(delivery);
    return;
  }
  body.discard();
  if (answer.kind === 'ended') withoutSession(call, answer.reason);
  else sendProblem(call.request, call.reply, withoutToken(answer));
}

/** After the API of the provider itself said that its token is no good: that is the provider's word on the grant. */
async function withoutGrant(delivery: Delivery, session: Session, refused: AccessToken): Promise<void> {
  const { call, body } = delivery;
  const answer = await call.parts.refresher.refuse(session, call.route.want, refused);
  if (answer.kind === 'token' && body.isReplayable()) {
    delivery.mayReplaceToken = false;
    delivery.token = answer.token;
    delivery.session = answer.session;
    delivery.sent -= 1;
    attempt(delivery);
    return;
  }
  body.discard();
  if (answer.kind === 'ended') withoutSession(call, answer.reason);
  else if (answer.kind === 'token')
    sendProblem(call.request, call.reply, { code: 'refresh_unavailable', retryAfter: 1 });
  else sendProblem(call.request, call.reply, withoutToken(answer));
}

/** After the API asked for a proof with a nonce of its own: once more with that, if the call can be sent again. */
function proveAgain(delivery: Delivery): void {
  const { call, body } = delivery;
  if (delivery.noncesLeft > 0 && body.isReplayable()) {
    delivery.noncesLeft -= 1;
    delivery.sent -= 1;
    attempt(delivery);
    return;
  }
  body.discard();
  sendProblem(call.request, call.reply, { code: 'retry_with_nonce', retryAfter: 1 });
}

function attempt(delivery: Delivery): void {
  const { call, body, life, session, token } = delivery;
  const { parts, route, request, reply, path } = call;
  const { settings, origins } = route;
  const origin = origins.choose(life ? streamsHeld : callsHeld, delivery.tried);
  if (origin === undefined) {
    body.discard();
    sendProblem(request, reply, withoutUpstream(route));
    return;
  }
  const headers = upstreamHeaders(call, origin, session, token);
  if (headers === undefined) return;
  const key = keyOf(token, session, route.want.provider);
  const context = responseContext(call, origin, token);
  const isFirst = delivery.sent === 0;
  if (parts.flow && session) tellOfForwarding(parts.flow, session.id, call, origin, headers);
  const timeout = isFirst ? settings.timeout : Math.max(1, delivery.deadline - parts.now());
  const { upstream, breaker } = origin;
  const tell = breaker?.enter(parts.now());
  let remedy: Problem | undefined;
  delivery.sent += 1;
  const finish = send(
    life ? upstream.streams : upstream.calls,
    {
      request: request.raw,
      response: reply.raw,
      method: request.method,
      path: route.provenPath ? route.provenPath(path, token) : path,
      headers,
      body,
      boundary: life?.boundary ?? null,
      // Asked when the refusal comes: a long body may have passed by then, and cannot be sent again.
      interceptsInvalidToken() {
        if (!delivery.mayReplaceToken || !session || !token || !body.isReplayable()) return false;
        return parts.refresher.isReplaceable(session, call.route.want, token);
      },
      interceptsRefusal(status, rawHeaders) {
        remedy = session && remedyFor(parts, settings.provider, session, status, rawHeaders);
        return remedy !== undefined;
      },
      interceptsNonceChallenge: key
        ? (status, fields) => parts.proofs.heed({ key, origin: origin.settings.origin }, status, fields)
        : undefined,
      bodyRefusal: session && token && delivery.mayReplaceToken ? route.bodyRefusal : undefined,
      interceptsStatus:
        settings.retries.onStatus.size > 0 ? (status) => mayRetry(delivery, status) : undefined,
      relay: {
        headers(status, rawHeaders) {
          tell?.(verdictOf(status), parts.now());
          if (parts.flow && session) tellOfAnswer(parts.flow, session.id, status);
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
        hints: (rawHeaders) => earlyHints(rawHeaders, context),
      },
      timeouts: {
        wait: timeout,
        waitsForNew: !isFirst,
        headers: timeout,
        body: life ? 0 : settings.timeout,
        stall: 60_000,
      },
    },
    (outcome) => {
      tell?.(verdictOfEnd(outcome), parts.now());
      if (life) life.finish = undefined;
      if (outcome.kind === 'token_refused' && session && token)
        again(delivery, session, token).catch((error: unknown) => answerFailure(error, request, reply));
      else if (outcome.kind === 'refused' && remedy) sendProblem(request, reply, remedy);
      else if (outcome.kind === 'grant_refused' && session && token)
        withoutGrant(delivery, session, token).catch((error: unknown) =>
          answerFailure(error, request, reply),
        );
      else if (outcome.kind === 'nonce_wanted') proveAgain(delivery);
      else if (outcome.kind === 'intercepted' || (isUnconnected(outcome) && mayRetry(delivery, 'connect')))
        retry(delivery, origin);
      else conclude(delivery, outcome);
    },
  );
  if (life) life.finish = finish;
}

function mayRetry({ call, body, sent, deadline }: Delivery, reason: 'connect' | number): boolean {
  const { parts, route, request } = call;
  const left = deadline - parts.now();
  const tries = { method: request.method, sent, left, isReplayable: body.isReplayable() };
  return isRetriable(route.settings.retries, tries, reason);
}

/** Before the same upstream is tried once more: a moment, not the same for all that it failed. Milliseconds. */
const shortestPause = 50;

/** After an upstream could not be reached, or could not serve the call: to another, or after a moment to the same. */
function retry(delivery: Delivery, failed: Origin): void {
  delivery.tried = [...delivery.tried, failed];
  const others = delivery.call.route.origins.all.some((one) => !delivery.tried.includes(one));
  if (others) attempt(delivery);
  else setTimeout(attempt, shortestPause * (1 + Math.random()), delivery);
}

/** What is left to do when the exchange is over. */
function conclude({ call, body }: Delivery, outcome: Outcome): void {
  const { request, reply } = call;
  switch (outcome.kind) {
    case 'answered':
      return;
    case 'aborted':
      if (!reply.sent) reply.hijack();
      request.log.debug({ by: outcome.by, err: outcome.cause }, 'exchange aborted');
      return;
    case 'failed':
      body.discard();
      sendProblem(request, reply, { code: outcome.code, privateDetail: outcome.cause.message });
      return;
    case 'refused':
    case 'nonce_wanted':
    case 'grant_refused':
    case 'token_refused':
    case 'intercepted':
      sendProblem(request, reply, { code: 'upstream_invalid', privateDetail: 'refused without being asked' });
  }
}
