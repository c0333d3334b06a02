import type { Paths, SessionView } from '@coatcheck/protocol';
import type { ApiFetch } from './api-fetch.ts';
import type { AutomaticLogin } from './automatic-login.ts';
import type { Connections } from './connections.ts';
import type { DeviceSessions } from './device-sessions.ts';
import type { LoginOptions } from './login-url.ts';
import type { Page } from './page.ts';
import type { Session } from './session.ts';
import type { StepUp } from './step-up.ts';

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
  page?: Page;
}

export interface LogoutOptions {
  /** End the session here and stay signed in at the provider. */
  local?: boolean | undefined;
  /** End all of this person's sessions, on other devices too. */
  everywhere?: boolean | undefined;
  /** Where the provider's sign-out leads back to: a path on this origin. Default `/`. */
  returnTo?: string | undefined;
}

/** The session of one page. Every function can be passed around on its own. */
export interface SessionClient extends DeviceSessions, Connections {
  /** The BFF's paths, for example for a plain `<form method="post" action={client.paths.logout}>`. */
  readonly paths: Paths;
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
  /**
   * Leaves this page for what a refused call needs, and comes back to it; what fails there comes back as `login_error`
   * in the query. Keep what was typed first: the page is loaded anew.
   *
   * @param returnTo a path on this origin. Default: the current page
   * @throws CoatcheckError where the server does not start it
   * @example
   * catch (error) {
   *   if (error instanceof CoatcheckError && error.stepUp) await client.stepUp(error.stepUp);
   * }
   */
  stepUp(step: StepUp, returnTo?: string): Promise<void>;
  /** For guards: where to send a browser that needs a session, at most once for one landing. */
  automaticLogin(options: LoginOptions & { returnTo: string }): AutomaticLogin;
  /** Ends the session, then leaves for the provider's sign-out where there is one. Never rejects. */
  logout(options?: LogoutOptions): Promise<Session>;
  /** “Stay signed in”: the idle time starts anew. Never rejects. */
  extend(): Promise<Session>;
  /** `fetch` through the BFF: throws a `CoatcheckError` where the BFF itself refused, else answers as fetch does. */
  fetch: ApiFetch;
  /** Stops listening to the page, to the server and to other tabs. */
  close(): void;
}
