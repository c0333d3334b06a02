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
import type { ReadyRoute } from './ready-route.ts';
import { earlyHints, responseHeaders, responseTrailers } from './response-headers.ts';
import { type Outcome, send } from './send.ts';
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
  const watch = session && watchSession(parts, session, cut);
  reply.raw.once('close', () => {
    watch?.stop();
    stream?.closed();
  });
}

function isStream(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/event-stream') ?? false;
}

/** After the API refused the token as invalid: once more, with a newer one where there is one. */
async function again(call: Call, body: RequestBody, session: Session, refused: AccessToken): Promise<void> {
  const answer = await call.parts.refresher.replace(session, call.want, refused);
  if (answer === undefined || answer.kind === 'token') {
    attempt(call, body, answer?.token ?? refused, undefined, (outcome) => conclude(call, outcome));
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
  retryFor: Session | undefined,
  done: (outcome: Outcome) => void,
): void {
  const { parts, route, request, reply, path } = call;
  const { settings, upstream } = route;
  const headers = upstreamHeaders(call, token);
  if (headers === undefined) return;
  const context = responseContext(call, token);
  const stream = isStream(request);
  send(
    stream ? upstream.streams : upstream.calls,
    {
      request: request.raw,
      response: reply.raw,
      method: request.method,
      path,
      headers,
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
        hints: (rawHeaders) => earlyHints(rawHeaders, context),
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
