import type { IncomingMessage } from 'node:http';
import { closeCodes } from '@coatcheck/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import { sendProblem } from '../../problems/answer.ts';
import { problemOf } from '../../problems/failures.ts';
import type { Problem } from '../../problems/registry.ts';
import type { AccessToken } from '../../session/record.ts';
import type { Session } from '../../session/session.ts';
import {
  admit,
  type Call,
  type ForwardParts,
  refusalSince,
  upstreamHeaders,
  withoutSession,
  withoutToken,
} from '../admission.ts';
import { refusesToken } from '../challenges.ts';
import { keyOf } from '../dpop/proofs.ts';
import type { ReadyRoute } from '../ready-route.ts';
import { watchSession } from '../session-watch.ts';
import type { Verdict } from '../upstream/circuit-breaker.ts';
import { verdictOf } from '../upstream/retry.ts';
import type { Acceptor } from './accept.ts';
import { relayAnswer } from './answer.ts';
import { type Closing, serviceRestart } from './close-codes.ts';
import { type Dialled, dial } from './dial.ts';
import { readHandshake } from './handshake.ts';
import type { WebSocketLimits } from './limits.ts';
import { type Place, takePlace } from './place.ts';
import { type Opened, openTunnel } from './tunnel.ts';
import type { Upgrade } from './upgrades.ts';

/** What WebSockets need beside what every call does. */
export interface WebSocketParts extends ForwardParts {
  readonly limits: WebSocketLimits;
  readonly acceptor: Acceptor;
}

/** A handshake that was admitted, until its WebSocket is open or it is refused. */
interface Attempt {
  readonly parts: WebSocketParts;
  readonly call: Call;
  readonly upgrade: Upgrade;
  readonly place: Place;
  /** When nothing is dialled any more. Milliseconds since the epoch. */
  deadline: number;
  /** Whether a challenge for a nonce is answered. */
  mayProveAgain: boolean;
  /** The newest that is known of it. */
  session: Session | undefined;
  /** Answers instead; at most once, and never after `open`. */
  readonly refuse: (answer: () => void) => void;
  readonly open: (upstream: WebSocket, token: AccessToken | undefined) => void;
  /** How to give up dialling. */
  dialling: { abort(): void } | undefined;
}

/**
 * The way of every WebSocket: hook and guard have passed it; admit it as any call, dial the upstream, and answer the
 * browser's handshake only when the upstream has accepted its own.
 */
export function forwardWebSocket(
  parts: WebSocketParts,
  route: ReadyRoute,
  request: FastifyRequest,
  reply: FastifyReply,
  upgrade: Upgrade,
): void {
  admit(parts, route, request, reply, (call, session, token) => {
    const place = takePlace(parts, route, session);
    if ('code' in place) sendProblem(request, reply, place);
    else connect(parts, call, upgrade, session, token, place);
  });
}

function connect(
  parts: WebSocketParts,
  call: Call,
  upgrade: Upgrade,
  session: Session | undefined,
  token: AccessToken | undefined,
  place: Place,
): void {
  const { request, reply } = call;
  const { socket } = upgrade;
  let isSettled = false;
  let opened: Opened | undefined;

  /** Ends what there is: a handshake by an answer, a WebSocket by closing it. */
  const end = (answer: () => void, closing: Closing) => {
    if (opened) opened.end(closing);
    else attempt.refuse(answer);
  };
  const release = () => {
    watch?.stop();
    place.leave();
  };
  const settle = (): boolean => {
    if (isSettled) return false;
    isSettled = true;
    socket.off('close', onGone).off('end', onGone);
    attempt.dialling?.abort();
    return true;
  };
  const onGone = () => {
    if (!settle()) return;
    reply.hijack();
    socket.destroy();
    release();
  };
  const watch =
    session &&
    watchSession(
      parts,
      session,
      async (why) => {
        opened?.silence();
        const reason = await why();
        end(() => withoutSession(call, reason), { code: closeCodes.sessionEnded, reason });
      },
      (current) => {
        const refusal = refusalSince(call, current);
        if (refusal)
          end(() => sendProblem(request, reply, refusal), { code: serviceRestart, reason: 'reconnect' });
        else opened?.changed(current);
      },
    );

  const attempt: Attempt = {
    parts,
    call,
    upgrade,
    place,
    deadline: parts.now() + call.route.settings.timeout,
    mayProveAgain: true,
    session,
    dialling: undefined,
    refuse(answer) {
      if (!settle()) return;
      release();
      answer();
    },
    open(upstream, sentToken) {
      if (!settle()) return;
      reply.hijack();
      reply.raw.detachSocket(socket);
      const browser = parts.acceptor.accept(request.raw, upgrade, upstream.protocol);
      if (browser === undefined) {
        upstream.terminate();
        release();
        return;
      }
      opened = openTunnel({ call, browser, upstream, watch, token: sentToken, closed: release });
    },
  };
  socket.once('close', onGone).once('end', onGone);
  place.onStop(() =>
    end(() => sendProblem(request, reply, { code: 'too_many_streams', retryAfter: 1 }), {
      code: serviceRestart,
      reason: 'reconnect',
    }),
  );
  dialUpstream(attempt, token, true);
}

/** @param mayReplace whether a refusal of the token may cause a second attempt with a newer one */
function dialUpstream(attempt: Attempt, token: AccessToken | undefined, mayReplace: boolean): void {
  const { call, session } = attempt;
  const { origin } = attempt.place;
  const { parts, request, reply, route, path } = call;
  const headers = upstreamHeaders(call, origin, session, token);
  if (headers === undefined) {
    attempt.refuse(() => undefined);
    return;
  }
  const handshake = readHandshake(request.raw);
  const key = keyOf(token, session, route.want.provider);
  const wantsNonce = (status: number, fields: readonly string[]) =>
    key !== undefined && parts.proofs.heed({ key, origin: origin.settings.origin }, status, fields);
  const tell = origin.breaker?.enter(parts.now());
  const dialling = dial(
    {
      origin: origin.settings.origin,
      path,
      headers,
      protocols: handshake.kind === 'ok' ? handshake.protocols : [],
      messageLimit: route.settings.webSocket?.messageLimit ?? 0,
      timeout: Math.max(1, attempt.deadline - parts.now()),
      ca: origin.settings.ca,
      clientCertificate: origin.settings.clientCertificate,
    },
    (dialled) => {
      attempt.dialling = undefined;
      tell?.(verdictOfDialling(dialled), parts.now());
      if (dialled.kind === 'open') {
        wantsNonce(101, dialled.rawHeaders);
        attempt.open(dialled.socket, token);
      } else if (dialled.kind === 'failed' && dialled.isUnconnected && attempt.place.moveOn()) {
        dialUpstream(attempt, token, mayReplace);
      } else if (dialled.kind === 'failed') {
        const problem: Problem = { code: dialled.code, privateDetail: dialled.cause.message };
        attempt.refuse(() => sendProblem(request, reply, problem));
      } else if (wantsNonce(dialled.response.statusCode ?? 0, dialled.response.rawHeaders)) {
        dialled.response.destroy();
        proveAgain(attempt, token, mayReplace);
      } else if (mayReplace && isRefusal(attempt, token, dialled.response)) {
        dialled.response.destroy();
        again(attempt, token).catch((error: unknown) =>
          attempt.refuse(() => sendProblem(request, reply, problemOf(error))),
        );
      } else attempt.refuse(() => void relayAnswer(call, origin, dialled.response, token));
    },
  );
  attempt.dialling = {
    abort() {
      tell?.('unknown', parts.now());
      dialling.abort();
    },
  };
}

function verdictOfDialling(dialled: Dialled): Verdict {
  if (dialled.kind === 'answered') return verdictOf(dialled.response.statusCode ?? 0);
  return dialled.kind === 'failed' && dialled.code !== 'upstream_invalid' ? 'fails' : 'works';
}

function isRefusal(
  { parts, call, session }: Attempt,
  token: AccessToken | undefined,
  { statusCode, rawHeaders }: IncomingMessage,
): boolean {
  if (statusCode !== 401 || !session || !token || !refusesToken(rawHeaders)) return false;
  return parts.refresher.isReplaceable(session, call.route.want, token);
}

/** After the API asked for a proof with a nonce of its own: once more with that. */
function proveAgain(attempt: Attempt, token: AccessToken | undefined, mayReplace: boolean): void {
  if (attempt.mayProveAgain) {
    attempt.mayProveAgain = false;
    dialUpstream(attempt, token, mayReplace);
    return;
  }
  const { request, reply } = attempt.call;
  attempt.refuse(() => sendProblem(request, reply, { code: 'retry_with_nonce', retryAfter: 1 }));
}

/** After the API refused the token as invalid: once more, with a newer one where there is one. */
async function again(attempt: Attempt, refused: AccessToken | undefined): Promise<void> {
  const { parts, call, session } = attempt;
  if (!session || !refused) return;
  const answer = await parts.refresher.replace(session, call.route.want, refused);
  if (answer === undefined || answer.kind === 'token') {
    if (answer) attempt.session = answer.session;
    attempt.deadline = parts.now() + call.route.settings.timeout;
    dialUpstream(attempt, answer?.token ?? refused, false);
  } else if (answer.kind === 'ended') attempt.refuse(() => withoutSession(call, answer.reason));
  else attempt.refuse(() => sendProblem(call.request, call.reply, withoutToken(answer)));
}
