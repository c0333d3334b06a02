import type { Problem } from '../../problems/registry.ts';
import type { Session } from '../../session/session.ts';
import type { Streams } from '../../web/streams.ts';
import { withoutUpstream } from '../admission.ts';
import type { ReadyRoute } from '../ready-route.ts';
import type { Origin } from '../upstream/origins.ts';
import type { WebSocketLimits } from './limits.ts';

/** What is held while a WebSocket is there, or wants to be. */
export interface Place {
  /** The upstream that it counts for. */
  readonly origin: Origin;
  /**
   * To another upstream, after this one could not be reached.
   *
   * @returns false where the route does not want it, no other works, or none has room
   */
  moveOn(): boolean;
  onStop(stop: () => void): void;
  leave(): void;
}

/** Takes a place at the upstream that works and has the fewest WebSockets. @returns why there is none */
export function takePlace(
  { limits, streams }: { readonly limits: WebSocketLimits; readonly streams: Streams },
  route: ReadyRoute,
  session: Session | undefined,
): Place | Problem {
  const { webSocket, retries } = route.settings;
  const tried: Origin[] = [];
  const choose = () => route.origins.choose((upstream) => limits.held(upstream.origin), tried);
  const enter = ({ settings }: Origin) =>
    limits.enter(settings.origin, session?.id, webSocket?.perSession ?? 0);

  let origin = choose();
  if (origin === undefined) return withoutUpstream(route);
  const entered = enter(origin);
  if (entered === 'session_full') return { code: 'too_many_websockets', retryAfter: 5 };
  const stream = entered === 'upstream_full' ? undefined : streams.open();
  if (entered === 'upstream_full' || stream === undefined) {
    if (entered !== 'upstream_full') entered();
    return { code: 'too_many_streams', retryAfter: 5 };
  }

  let current = { origin, leave: entered };
  return {
    get origin() {
      return current.origin;
    },
    moveOn() {
      tried.push(current.origin);
      if (!retries.onConnect || tried.length >= retries.attempts) return false;
      origin = choose();
      if (origin === undefined || tried.includes(origin)) return false;
      // Left first: the session may have no place but this.
      current.leave();
      const moved = enter(origin);
      if (typeof moved === 'string') return false;
      current = { origin, leave: moved };
      return true;
    },
    onStop: stream.onStop,
    leave() {
      current.leave();
      stream.closed();
    },
  };
}
