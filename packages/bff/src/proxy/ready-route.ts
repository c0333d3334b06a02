import type { RouteSettings } from '../options/settings.ts';
import type { TokenWant } from '../refresh/token-want.ts';
import type { Upstream } from './dispatchers.ts';
import type { ResponseRules } from './response-headers.ts';
import type { Acceptor } from './websocket/accept.ts';

/** A route with everything that can be made ready before the first request. */
export interface ReadyRoute {
  readonly settings: RouteSettings;
  /** The token that goes along. */
  readonly want: TokenWant;
  readonly upstream: Upstream;
  readonly upstreamHost: string;
  readonly kept: ReadonlySet<string>;
  readonly rules: ResponseRules;
  /** Null where WebSockets are refused. */
  readonly acceptor: Acceptor | null;
}
