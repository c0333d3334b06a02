import type { WebSocket } from 'ws';
import type { AccessToken } from '../../session/record.ts';
import { touchDue, touchPause } from '../../session/rules.ts';
import type { Session } from '../../session/session.ts';
import type { Call } from '../admission.ts';
import type { SessionWatch } from '../session-watch.ts';
import { type Closing, internalError, policyViolation } from './close-codes.ts';
import { keepAuthorized } from './reauthorize.ts';
import { relay } from './relay.ts';

/** Bytes that may wait for one side. With the longest message, what a WebSocket can hold of memory per direction. */
const highWaterMark = 256 * 1024;
const stall = 60_000;
const heartbeat = 30_000;
/** An upstream that sends a credential back may do so late. */
const tokensRemembered = 3;

export interface TunnelOptions {
  readonly call: Call;
  readonly browser: WebSocket;
  readonly upstream: WebSocket;
  readonly watch: SessionWatch | undefined;
  /** What the upstream got with the handshake. */
  readonly token: AccessToken | undefined;
  /** Called once, when both sides are gone. */
  readonly closed: () => void;
}

/** A WebSocket through us, with a session that may end. */
export interface Opened {
  /** No message passes any more. */
  silence(): void;
  end(closing: Closing): void;
  /** Told of each newer state of the session. */
  changed(session: Session): void;
}

/** Relays, counts the browser's messages as use of the session, and keeps access tokens from the browser. */
export function openTunnel({ call, browser, upstream, watch, token, closed }: TunnelOptions): Opened {
  const { parts, route, request } = call;
  const startedAt = parts.now();
  let tokens = token === undefined ? [] : [token.value];
  let notBefore = 0;
  let isSilent = false;

  const onUse = () => {
    const at = parts.now();
    if (!watch || at < notBefore || !touchDue(watch.session.lastSeenAt, at, parts.settings.session.idle))
      return;
    // A store that is down is not asked for every message.
    notBefore = at + touchPause(parts.settings.session.idle);
    parts.background(parts.sessions.touch(watch.session));
  };
  const mayPass = (message: Buffer) => {
    if (isSilent) return false;
    if (!tokens.some((value) => message.includes(value))) return true;
    request.log.warn({ event: 'token.echoed' }, 'the upstream sent the access token back in a message');
    relayed.end({ code: internalError, reason: '' }, { code: policyViolation, reason: '' });
    return false;
  };
  const relayed = relay({
    browser,
    upstream,
    onUse,
    mayReach: () => !isSilent,
    mayPass,
    highWaterMark,
    stall,
    heartbeat,
  });

  const template = route.settings.webSocket?.tokenMessage ?? null;
  const authorization =
    watch &&
    token &&
    template !== null &&
    keepAuthorized(
      {
        refresher: parts.refresher,
        want: call.route.want,
        template,
        now: parts.now,
        send(message, newest) {
          tokens = [newest.value, ...tokens].slice(0, tokensRemembered);
          if (!isSilent && upstream.readyState === upstream.OPEN) upstream.send(message);
        },
      },
      watch.session,
      token,
    );
  void relayed.closed.then(() => {
    if (authorization) authorization.stop();
    request.log.info(
      { event: 'websocket.closed', milliseconds: parts.now() - startedAt },
      'websocket closed',
    );
    closed();
  });
  return {
    silence() {
      isSilent = true;
    },
    end: relayed.end,
    changed(session) {
      if (authorization) authorization.changed(session);
    },
  };
}
