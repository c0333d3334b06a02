import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../problems/answer.ts';
import { answerFailure } from '../problems/failures.ts';
import type { AccessToken } from '../session/record.ts';
import type { Session } from '../session/session.ts';
import {
  admit,
  type Call,
  type ForwardParts,
  responseContext,
  upstreamHeaders,
  withoutSession,
  withoutToken,
} from './admission.ts';
import { discardContent, type RequestBody, requestBody } from './body.ts';
import { EventBoundary, sessionEndedEvent } from './last-event.ts';
import type { ReadyRoute } from './ready-route.ts';
import { earlyHints, responseHeaders, responseTrailers } from './response-headers.ts';
import { type Finish, type Outcome, send } from './send.ts';
import { watchSession } from './session-watch.ts';

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
  const life = isStream(request) ? boundLife(call, session) : undefined;
  attempt(call, body.body, token, { life, retryFor: session }, (outcome) => {
    if (outcome.kind !== 'token_refused' || !session || !token) conclude(call, outcome);
    else
      again(call, body.body, session, token, life).catch((error: unknown) =>
        answerFailure(error, request, reply),
      );
  });
}

/** A stream that others may end. */
interface StreamLife {
  readonly boundary: EventBoundary;
  /** Set once it is on its way. */
  finish: Finish | undefined;
}

/** How long a stream that has to end waits to be told why. Milliseconds. */
const longestQuestion = 500;

/** An event stream lasts no longer than its session, whoever ends it and wherever, and than this process serves. */
function boundLife({ parts, reply }: Call, session: Session | undefined): StreamLife {
  const life: StreamLife = { boundary: new EventBoundary(), finish: undefined };
  const end = (last: Promise<Uint8Array>) => (life.finish ? life.finish(last) : reply.raw.destroy());
  const stream = parts.streams.open();
  stream?.onStop(() => end(Promise.resolve(new Uint8Array())));
  const watch =
    session &&
    watchSession(parts, session, (why) => {
      const late = delay(longestQuestion, 'expired' as const, { ref: false });
      end(Promise.race([why(), late]).then(sessionEndedEvent));
    });
  reply.raw.once('close', () => {
    watch?.stop();
    stream?.closed();
  });
  return life;
}

function isStream(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/event-stream') ?? false;
}

/** After the API refused the token as invalid: once more, with a newer one where there is one. */
async function again(
  call: Call,
  body: RequestBody,
  session: Session,
  refused: AccessToken,
  life: StreamLife | undefined,
): Promise<void> {
  const answer = await call.parts.refresher.replace(session, call.want, refused);
  if (answer === undefined || answer.kind === 'token') {
    attempt(call, body, answer?.token ?? refused, { life, retryFor: undefined }, (outcome) =>
      conclude(call, outcome),
    );
    return;
  }
  body.discard();
  if (answer.kind === 'ended') withoutSession(call, answer.reason);
  else sendProblem(call.request, call.reply, withoutToken(answer));
}

function attempt(
  call: Call,
  body: RequestBody,
  token: AccessToken | undefined,
  { life, retryFor }: { life: StreamLife | undefined; retryFor: Session | undefined },
  done: (outcome: Outcome) => void,
): void {
  const { parts, route, request, reply, path } = call;
  const { settings, upstream } = route;
  const headers = upstreamHeaders(call, token);
  if (headers === undefined) return;
  const context = responseContext(call, token);
  const finish = send(
    life ? upstream.streams : upstream.calls,
    {
      request: request.raw,
      response: reply.raw,
      method: request.method,
      path,
      headers,
      body,
      boundary: life?.boundary ?? null,
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
        hints: (rawHeaders) => earlyHints(rawHeaders, context),
      },
      timeouts: {
        wait: settings.timeout,
        headers: settings.timeout,
        body: life ? 0 : settings.timeout,
        stall: 60_000,
      },
    },
    done,
  );
  if (life) life.finish = finish;
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
