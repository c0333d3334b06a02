import type { SessionView, SignedOutReason } from '@coatcheck/protocol';
import type { ApiFetch } from './api-fetch.ts';
import type { CoatcheckError } from './errors.ts';
import type { LivePage } from './live/live-page.ts';
import type { LoginOptions } from './login-url.ts';
import type { Page } from './page.ts';
import type { Session } from './session.ts';
import type { TabNotes } from './tab-notes.ts';

/** How a client behaves; all of it can be left out. */
export interface SessionClientOptions {
  /** The BFF's prefix, without a trailing slash. Default `/bff`. */
  basePath?: string;
  /** Tabs tell each other when the session changes. Default true. */
  crossTab?: boolean;
  /**
   * Hear of changes from the server as they happen, over one stream for all tabs of the browser. Needs `crossTab`,
   * and a browser with Web Locks and streamed answers; elsewhere the session is asked for on focus. Default true.
   */
  events?: boolean;
  /** Ask again when the person comes back to the page, at most every 5 s. Default true. */
  refetchOnFocus?: boolean;
  /** The server's answer where it is already known (server rendering); saves the first call. */
  initialSession?: SessionView;
  /** The person who was signed in no longer is, here or in another tab: drop what was loaded for them. */
  onSignedOut?: () => void;
  /** Default: the page's own. */
  fetch?: typeof fetch;
  /** Default: the page in which this runs. Tests stand in for it. */
  page?: HostPage;
}

/** What a sign-out ends, and where it leads. */
export interface LogoutOptions {
  /** End the session here and stay signed in at the provider. */
  local?: boolean | undefined;
  /** End all of this person's sessions, on other devices too. */
  everywhere?: boolean | undefined;
  /** Where the provider's sign-out leads back to: a path on this origin. Default `/`. */
  returnTo?: string | undefined;
}

/** The session of one page. Every function can be passed around on its own. */
export interface SessionClient {
  /** The BFF's prefix; `pathsUnder` makes its paths, for example for a plain `<form method="post">`. */
  readonly basePath: string;
  getState(): Session;
  /** The state at creation, for the first render on a server and its hydration. */
  getInitialState(): Session;
  /** Calls the listener after each change; the returned function ends that. */
  subscribe(listener: () => void): () => void;
  /** Asks the server unless it has answered before; callers at the same time share one call. Never rejects. */
  load(): Promise<Session>;
  /** Asks the server again. Never rejects: a failure is in the state. */
  refetch(): Promise<Session>;
  /** Leaves this page to sign in, and comes back to it. */
  login(options?: LoginOptions): void;
  loginUrl(options?: LoginOptions): string;
  /** Ends the session, then leaves for the provider's sign-out where there is one. Never rejects. */
  logout(options?: LogoutOptions): Promise<Session>;
  /** `fetch` through the BFF: throws a `CoatcheckError` where the BFF itself refused, else answers as fetch does. */
  fetch: ApiFetch;
  /** Stops listening to the page, to the server and to other tabs. */
  close(): void;
  /** For the functions of this package that take a client. Not for apps: it changes without notice. */
  readonly inside: ClientInside;
}

/** A page, and what else a host may stand in for. */
export type HostPage = Page & Partial<LivePage & TabNotes>;

/** What the functions that take a client share with it. */
export interface ClientInside {
  readonly page: HostPage;
  askSession(): Promise<SessionView | CoatcheckError>;
  /** Shows what the server said, at a time in milliseconds since the epoch. */
  take(view: SessionView, at?: number): Session;
  show(session: Session): Session;
  /** Asks the server, by a read that starts from now on; the reason is why the session ended, if it did. */
  renew(reason?: SignedOutReason): Promise<Session>;
  /** Tells the other tabs. */
  tell(message: object): void;
}

/** What the client asks of the part that is loaded when somebody is signed in. */
export interface Live {
  /** Events arrive, so nobody needs to ask. */
  isLive(): boolean;
  /** Somebody looks, or the network is back. */
  look(): void;
  hear(message: Record<string, unknown>): void;
  stop(): void;
}
