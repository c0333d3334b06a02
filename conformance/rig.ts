import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  type Jar,
  type JarResponse,
  startAuthorizationServer,
  startUpstream,
  type Upstream,
  type User,
} from '@coatcheck/testing';
import type { Bff, LoginOptions, ProviderWanted, RouteWanted, Wanted } from './adapters/adapter.ts';
import { chosenAdapter } from './adapters/chosen.ts';

export interface RigOptions extends Partial<Omit<Wanted, 'providers' | 'routes'>> {
  /** Settings of the authorization server. */
  readonly as?: AuthorizationServerOptions;
  /** Laid over the first provider; made from its server, where its address matters. */
  readonly provider?: Partial<ProviderWanted> | ((as: AuthorizationServer) => Partial<ProviderWanted>);
  /** Two providers, `first` and `other`, instead of the one called `main`. */
  readonly second?: AuthorizationServerOptions;
  /** Default: `/api`, to the upstream. */
  readonly routes?: (upstream: Upstream) => RouteWanted[];
}

export interface SignInOptions extends LoginOptions {
  /** Who signs in; members over those of the configured user. */
  readonly user?: Partial<User>;
}

/** A BFF between an authorization server and an upstream, both scriptable. */
export interface Rig {
  readonly bff: Bff;
  readonly as: AuthorizationServer;
  /** Only with the option `second`. */
  readonly otherAs: AuthorizationServer;
  readonly upstream: Upstream;
  /** A new browser. */
  jar(): Jar;
  /** Starts a sign-in and stops at the provider's answer: the callback URL, not opened yet. */
  begin(jar: Jar, options?: SignInOptions): Promise<string>;
  /** Opens a callback URL as the provider's redirect would: a cross-site navigation. */
  finish(jar: Jar, callbackUrl: string): Promise<JarResponse>;
  /** A whole sign-in. @throws Error when it does not end with a session */
  signIn(jar: Jar, options?: SignInOptions): Promise<JarResponse>;
  /** A new browser, signed in. */
  signedIn(options?: SignInOptions): Promise<Jar>;
  /** What the session endpoint says. */
  session(jar: Jar): Promise<Record<string, unknown>>;
  /** A call to the API, as `fetch` on our own page sends it. */
  call(jar: Jar, path?: string): Promise<JarResponse>;
  /** Moves all clocks on by seconds: the BFF's, the browsers' and the provider's. */
  advance(seconds: number): Promise<void>;
  /** Forgets recorded requests, scripts and changes; what is signed in stays. */
  reset(): void;
  close(): Promise<void>;
}

/** Starts all three. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const { as: asOptions, second, provider, routes = apiRoute, ...wanted } = options;
  const adapter = await chosenAdapter();
  const as = await startAuthorizationServer(asOptions);
  const otherAs = second ? await startAuthorizationServer(second) : as;
  const upstream = await startUpstream();
  const servers = second ? [as, otherAs] : [as];
  const closeAll = async () => {
    await Promise.all([...servers.map((server) => server.close()), upstream.close()]);
  };
  const providers = [
    {
      ...describe(second ? 'first' : 'main', as),
      ...(typeof provider === 'function' ? provider(as) : provider),
    },
    ...(second ? [describe('other', otherAs)] : []),
  ];
  const bff = await adapter.start({ ...wanted, providers, routes: routes(upstream) }).catch(async (error) => {
    await closeAll();
    throw error;
  });

  const rig: Rig = {
    bff,
    as,
    otherAs,
    upstream,
    jar: () => bff.jar(),
    async begin(jar, { user, ...login } = {}) {
      const started = await jar.navigate(bff.loginPath(login), { site: 'same-origin' });
      if (started.location === undefined) {
        throw new Error(`sign-in did not start: ${started.status} ${await started.text()}`);
      }
      const server = login.provider === 'other' ? otherAs : as;
      return server.authorize(started.location, user ? { user } : {});
    },
    finish: (jar, callbackUrl) => jar.navigate(callbackUrl, { site: 'cross-site' }),
    async signIn(jar, signInOptions) {
      const answer = await rig.finish(jar, await rig.begin(jar, signInOptions));
      if (jar.cookie(bff.cookies.ticket) === undefined) {
        throw new Error(`sign-in failed: ${answer.status} ${await answer.text()}`);
      }
      return answer;
    },
    async signedIn(signInOptions) {
      const jar = bff.jar();
      await rig.signIn(jar, signInOptions);
      return jar;
    },
    async session(jar) {
      const view = await (await jar.fetch(bff.paths.session)).json();
      return typeof view === 'object' && view !== null ? { ...view } : {};
    },
    call: (jar, path = '/api/notes') => jar.fetch(path),
    async advance(seconds) {
      for (const server of servers) server.settings.clockOffset += seconds;
      await bff.advance(seconds * 1_000);
    },
    reset() {
      for (const server of [...servers, upstream]) {
        server.reset();
        server.clearRecords();
      }
    },
    async close() {
      await bff.close();
      await closeAll();
    },
  };
  return rig;
}

function apiRoute(upstream: Upstream): RouteWanted[] {
  return [{ prefix: '/api', upstream: upstream.url }];
}

function describe(id: string, as: AuthorizationServer): ProviderWanted {
  const { clientId, clientSecret } = as.client;
  return { id, issuer: as.issuer, clientId, clientSecret };
}
