import type { AuthorizationServer, User } from '../authorization-server/index.ts';
import type { Jar } from '../http/index.ts';

/** What a test does to a session from outside, and to the provider behind it. */
export interface SessionControl {
  /** The authorization server, for everything that has no function here. */
  readonly server: AuthorizationServer;
  /** Whoever signs in from now on; members are laid over the configured user. */
  signsIn(user: Partial<User>): void;
  /** How long access tokens live that are issued from now on. Seconds; undefined: as the server was configured. */
  accessTokensLive(seconds: number | undefined): void;
  /**
   * Waits until the access token of a session has expired, so that the next call has to refresh it. The token must have
   * been issued with a short life: `accessTokensLive(2)` before the sign-in.
   *
   * @param read the answer of `GET /bff/session` for that browser
   * @throws Error if nobody is signed in, or the token lives longer than half a minute
   */
  expireAccessToken(read: () => Promise<unknown>): Promise<void>;
  /** Ends the grants at the provider: the next refresh answers `invalid_grant`. @param sub one person's; default all */
  revoke(sub?: string): void;
  /** The provider refuses connections until {@link idpUp}. */
  idpDown(): Promise<void>;
  idpUp(): Promise<void>;
  /** Takes back whatever a test changed at the provider. */
  restore(): Promise<void>;
}

/** The longest that is waited for a token to expire. Milliseconds. */
const patience = 30_000;
const pause = 50;

/**
 * @example
 * const as = await startAuthorizationServer();
 * const control = controlSession(as);
 * control.accessTokensLive(2);
 * // … sign in …
 * await control.expireAccessToken(async () => (await jar.fetch('/bff/session')).json());
 */
export function controlSession(as: AuthorizationServer): SessionControl {
  const { accessTokenLifetime, user } = as.settings;
  let isDown = false;
  return {
    server: as,
    signsIn(members) {
      as.settings.user = { ...user, ...members };
    },
    accessTokensLive(seconds = accessTokenLifetime) {
      as.settings.accessTokenLifetime = seconds;
    },
    async expireAccessToken(read) {
      const deadline = Date.now() + patience;
      for (;;) {
        const left = expiryOf(await read()) - Date.now();
        if (left <= 0) break;
        if (left > patience) {
          throw new Error(
            `The access token lives ${Math.round(left / 1_000)} s more. Sign in after accessTokensLive(2), or with { accessTokenLifetime: 2 }.`,
          );
        }
        if (Date.now() > deadline) throw new Error('The access token did not expire in time.');
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
      as.settings.accessTokenLifetime = accessTokenLifetime;
    },
    revoke: (sub) => as.revokeGrants(sub),
    async idpDown() {
      if (!isDown) await as.goDown();
      isDown = true;
    },
    async idpUp() {
      if (isDown) await as.comeBack();
      isDown = false;
    },
    async restore() {
      if (isDown) await as.comeBack();
      isDown = false;
      as.settings.accessTokenLifetime = accessTokenLifetime;
      as.settings.user = user;
      as.reset();
    },
  };
}

/**
 * Signs a jar in as a browser would: to the BFF's login, to the provider and back.
 *
 * @param loginPath for example `/bff/login?return_to=/notes`
 * @throws Error where it does not end with a redirect into the app
 */
export async function signInByJar(
  jar: Jar,
  as: AuthorizationServer,
  loginPath = '/bff/login',
): Promise<void> {
  const started = await jar.navigate(loginPath, { site: 'same-origin' });
  if (started.location === undefined) {
    throw new Error(`The sign-in did not start: ${started.status} ${await started.text()}`);
  }
  const ended = await jar.navigate(await as.authorize(started.location), { site: 'cross-site' });
  if (ended.status !== 303) throw new Error(`The sign-in failed: ${ended.status} ${await ended.text()}`);
}

/** When the access token expires, as the session view says, in milliseconds since the epoch. */
function expiryOf(view: unknown): number {
  const isOne = typeof view === 'object' && view !== null && 'authenticated' in view;
  if (!isOne || view.authenticated !== true) throw new Error('Nobody is signed in, so no token can expire.');
  const at = 'accessTokenExpiresAt' in view ? Date.parse(String(view.accessTokenExpiresAt)) : Number.NaN;
  if (Number.isNaN(at)) throw new Error('The provider does not say how long its access tokens live.');
  return at;
}
