import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createJar, type Jar, startAuthorizationServer, startUpstream } from '@coatcheck/testing';
import fastify, { type FastifyInstance } from 'fastify';
import { type CoatcheckOptions, coatcheck } from '../src/index.ts';

type AuthorizationServer = Awaited<ReturnType<typeof startAuthorizationServer>>;
type Upstream = Awaited<ReturnType<typeof startUpstream>>;

type Route = NonNullable<CoatcheckOptions['routes']>[number];
type Provider = CoatcheckOptions['providers'][number];

/** A BFF in this process, with an authorization server and an API behind it. */
export interface Rig {
  readonly app: FastifyInstance;
  readonly as: AuthorizationServer;
  readonly upstream: Upstream;
  readonly url: string;
  /** A browser that knows nothing yet. */
  browser(): Jar;
  /** Signs in as a browser would; the jar then holds the ticket. */
  signIn(jar: Jar, returnTo?: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param change options over those that work
 * @param route the same for the route `/api`
 * @param more further routes to the same upstream
 * @param provider options over those of the provider
 */
export async function startRig(
  change: Partial<CoatcheckOptions> = {},
  route: Partial<Route> = {},
  more: (Partial<Route> & { prefix: string })[] = [],
  provider: Partial<Provider> = {},
): Promise<Rig> {
  const as = await startAuthorizationServer();
  const upstream = await startUpstream();
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const app = fastify({ forceCloseConnections: true });
  const options: CoatcheckOptions = {
    publicUrl: url,
    keys: [randomBytes(32).toString('base64url')],
    store: { url: 'memory:' },
    providers: [
      {
        id: 'demo',
        issuer: as.issuer,
        clientId: as.client.clientId,
        ...(usesSecret(provider) ? { clientSecret: as.client.clientSecret } : {}),
        scopes: ['openid', 'profile', 'email', 'offline_access'],
        ...provider,
      },
    ],
    routes: [{ prefix: '/api', ...route }, ...more].map((one) => ({
      upstream: upstream.url,
      resource: 'urn:api',
      ...one,
    })),
    ...change,
  };
  await app.register(coatcheck, options);
  await app.listen({ port, host: 'localhost' });
  return {
    app,
    as,
    upstream,
    url,
    browser: () => createJar(url),
    async signIn(jar, returnTo = '/') {
      const start = await jar.navigate(`/bff/login?return_to=${encodeURIComponent(returnTo)}`);
      const callback = await as.authorize(start.headers.get('location') ?? '');
      const end = await jar.navigate(callback, { site: 'cross-site' });
      if (end.status !== 303) throw new Error(`sign-in ended with ${end.status}: ${await end.text()}`);
    },
    async close() {
      app.coatcheck.drain();
      await app.close();
      await Promise.all([as.close(), upstream.close()]);
    },
  };
}

function usesSecret({ clientAuthentication = 'client_secret_basic' }: Partial<Provider>): boolean {
  return clientAuthentication.startsWith('client_secret_');
}

/** Resolves when the condition holds; rejects when it does not in time. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
