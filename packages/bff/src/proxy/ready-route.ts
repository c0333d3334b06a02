import type { RouteSettings } from '../options/settings.ts';
import type { TokenWant } from '../refresh/token-want.ts';
import type { AddedHeaders } from './added-headers.ts';
import type { BodyRefusal } from './body-refusal.ts';
import type { CallLimit } from './call-limit.ts';
import type { RequestNames } from './request-headers.ts';
import type { ResponseRules } from './response-headers.ts';
import type { ProvenPath } from './token-proof.ts';
import type { Origins } from './upstream/origins.ts';
import type { Acceptor } from './websocket/accept.ts';

/** A route with everything that can be made ready before the first request. */
export interface ReadyRoute {
  readonly settings: RouteSettings;
  /** The token that goes along. */
  readonly want: TokenWant;
  readonly origins: Origins;
  /** Null where the API wants no proof of who calls. */
  readonly provenPath: ProvenPath | null;
  readonly bodyRefusal: BodyRefusal | undefined;
  readonly names: RequestNames;
  /** Null where it adds no headers. */
  readonly added: AddedHeaders | null;
  /** Null where a session may have any number of calls under way. */
  readonly callLimit: CallLimit | null;
  readonly rules: ResponseRules;
  /** Null where WebSockets are refused. */
  readonly acceptor: Acceptor | null;
}
