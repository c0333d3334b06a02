import {
  test as base,
  type Page,
  type PlaywrightTestArgs,
  type PlaywrightTestOptions,
  type PlaywrightWorkerArgs,
  type PlaywrightWorkerOptions,
  type TestType,
} from '@playwright/test';
import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  startAuthorizationServer,
  type User,
} from '../authorization-server/index.ts';
import { controlSession, type SessionControl } from '../session/session-control.ts';
import { authorizationCodeFlow } from './allowances.ts';
import { type ScanOptions, type ScanReport, type TokenWatch, watchForTokens } from './watch.ts';

/** An app behind a BFF, under test. */
export interface AppUnderTest {
  /** Origin of the app. */
  readonly url: string;
  close?(): Promise<void>;
}

export interface CoatcheckTestOptions {
  /** How the authorization server listens and behaves. Give it a port where the BFF is configured beforehand. */
  readonly authorizationServer?: AuthorizationServerOptions;
  /**
   * Starts the app, once for each worker: configure its BFF with the server's issuer and client. Where Playwright's
   * `webServer` starts it, only say where it is.
   */
  app(as: AuthorizationServer): Promise<AppUnderTest> | AppUnderTest;
  /** Id of the provider in the BFF's configuration. */
  readonly provider: string;
  /** The BFF's prefix. Default `/bff`. */
  readonly basePath?: string;
}

export interface SignInOptions {
  /** Where the person is afterwards. Default `/`. */
  readonly returnTo?: string;
  /** Of this sign-in's access token, for `expireAccessToken`. Seconds. */
  readonly accessTokenLifetime?: number;
}

/** What each test gets besides Playwright's own fixtures. */
export interface CoatcheckFixtures {
  /** Signs somebody in on the test's page; members are laid over the server's configured user. */
  signedIn(user?: Partial<User>, options?: SignInOptions): Promise<Page>;
  /** Waits until the access token of the page's session has expired: the next call makes the BFF refresh it. */
  expireAccessToken(): Promise<void>;
  /** Ends the grants at the provider: the next refresh ends the session. */
  revoke(sub?: string): void;
  /** The provider refuses connections from now on, for this test. */
  idpDown(): Promise<void>;
  idpUp(): Promise<void>;
  /** Searches all that this browser holds or has received; throws where there is a credential. */
  expectNoTokens(options?: ScanOptions): Promise<ScanReport>;
  /** The provider behind all that. */
  idp: SessionControl;
  /** Records the test's context from its first navigation on. */
  tokenWatch: TokenWatch;
}

interface WorkerFixtures {
  authorizationServer: AuthorizationServer;
  app: AppUnderTest;
}

/**
 * Playwright's `test` for an app behind Coatcheck: a scriptable authorization server in each worker, and fixtures that
 * sign in, expire, revoke, take the provider down, and prove that no token is in the browser. Launch Chromium with
 * `tokenScanArguments`.
 *
 * @example
 * export const test = coatcheckTest({ provider: 'main', app: (as) => startMyApp(as.issuer, as.client) });
 * test('notes survive a refresh', async ({ signedIn, expireAccessToken, expectNoTokens }) => {
 *   const page = await signedIn({ sub: 'alice' }, { returnTo: '/notes', accessTokenLifetime: 2 });
 *   await expireAccessToken();
 *   await page.getByRole('button', { name: 'Save' }).click();
 *   await expectNoTokens();
 * });
 */
export function coatcheckTest(
  options: CoatcheckTestOptions,
): TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & CoatcheckFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & WorkerFixtures
> {
  const { provider, basePath = '/bff' } = options;
  return base.extend<CoatcheckFixtures, WorkerFixtures>({
    authorizationServer: [
      // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from the pattern
      async ({}, use) => {
        const as = await startAuthorizationServer(options.authorizationServer);
        await use(as);
        await as.close();
      },
      { scope: 'worker' },
    ],
    app: [
      async ({ authorizationServer }, use) => {
        const app = await options.app(authorizationServer);
        await use(app);
        await app.close?.();
      },
      { scope: 'worker', timeout: 120_000 },
    ],
    baseURL: async ({ app }, use) => use(app.url),
    idp: async ({ authorizationServer }, use) => {
      const control = controlSession(authorizationServer);
      await use(control);
      await control.restore();
    },
    tokenWatch: async ({ context, authorizationServer }, use) => {
      await use(await watchForTokens(context, { secrets: () => authorizationServer.canaries() }));
    },
    signedIn: async ({ page, app, idp, tokenWatch: _ }, use) => {
      await use(async (user = {}, { returnTo = '/', accessTokenLifetime } = {}) => {
        idp.signsIn(user);
        idp.accessTokensLive(accessTokenLifetime);
        const query = new URLSearchParams({ return_to: returnTo, provider });
        await page.goto(`${app.url}${basePath}/login?${query}`);
        // A provider that answers by form post has a page of its own first.
        await page.waitForURL(({ origin }) => origin === new URL(app.url).origin);
        const view = await sessionOf(page, basePath);
        if (!isSignedIn(view)) throw new Error(`The sign-in ended at ${page.url()} without a session.`);
        return page;
      });
    },
    expireAccessToken: async ({ page, idp }, use) =>
      use(() => idp.expireAccessToken(() => sessionOf(page, basePath))),
    revoke: async ({ idp }, use) => use(idp.revoke),
    idpDown: async ({ idp }, use) => use(idp.idpDown),
    idpUp: async ({ idp }, use) => use(idp.idpUp),
    expectNoTokens: async ({ tokenWatch, app, authorizationServer }, use) => {
      const flow = authorizationCodeFlow(
        authorizationServer.issuer,
        `${app.url}${basePath}/login`,
        `${app.url}${basePath}/callback/${provider}`,
      );
      await use(({ allow = [], ...more } = {}) =>
        tokenWatch.expectNoTokens({ allow: [...flow, ...allow], ...more }),
      );
    },
  });
}

/** The session view, asked as the page would ask. */
function sessionOf(page: Page, basePath: string): Promise<unknown> {
  return page.evaluate(async (path): Promise<unknown> => (await fetch(path)).json(), `${basePath}/session`);
}

function isSignedIn(view: unknown): boolean {
  return typeof view === 'object' && view !== null && 'authenticated' in view && view.authenticated === true;
}
