import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, handled, writeAnswer } from '../scripting/answer.ts';
import type { Gate } from '../scripting/gate.ts';
import { type Listener, type ListenOptions, listen } from '../scripting/listener.ts';
import { createScript, type Handler, type HoldPoint, type Times } from '../scripting/script.ts';
import { type Canary, createCanaries } from './canaries.ts';
import { type Change, type ChangePoint, type ChangePoints, createChanges } from './changes.ts';
import { authorizeEndpoint } from './endpoints/authorize.ts';
import { discoveryEndpoint, jwksEndpoint } from './endpoints/discovery.ts';
import { endSessionEndpoint } from './endpoints/end-session.ts';
import { parEndpoint } from './endpoints/par.ts';
import { introspectionEndpoint, revocationEndpoint } from './endpoints/revocation.ts';
import { signInEndpoint } from './endpoints/sign-in.ts';
import { tokenEndpoint } from './endpoints/token.ts';
import { userinfoEndpoint } from './endpoints/userinfo.ts';
import { createGrants, type Issued } from './grants.ts';
import { createKeys, type Keys } from './keys.ts';
import { createMint, type Mint } from './mint.ts';
import { type Provider, paths } from './provider.ts';
import { type Endpoint, type Exchange, type RecordedRequest, recordBody, recordHead } from './requests.ts';
import { type Client, defaultSettings, type Settings, type SigningAlgorithm } from './settings.ts';
import { type AuthorizeOptions, type AuthorizeResult, openAuthorizationUrl } from './sign-in-as-browser.ts';

/** Where to listen, and any of the settings that are not as wanted. */
export interface AuthorizationServerOptions extends ListenOptions, Partial<Omit<Settings, 'client'>> {
  client?: Partial<Client>;
  /** Path of the issuer, for example `/tenant`; default none. */
  path?: string;
  /** Algorithms whose keys are published from the start, besides `signingAlgorithm`. */
  algorithms?: SigningAlgorithm[];
  /** A second port whose endpoints ask for a certificate, named in `mtls_endpoint_aliases`. Needs `tls`. */
  mtls?: boolean;
  /** Unix time in milliseconds; default Date.now. */
  clock?: () => number;
}

/** A scriptable OpenID Provider. */
export interface AuthorizationServer extends Mint {
  issuer: string;
  client: Client;
  /** How it behaves; change a member at any time. */
  settings: Settings;
  keys: Keys;

  /** Every request since the start or the last `clearRecords`, in order of arrival. */
  readonly requests: RecordedRequest[];
  /** The requests of one endpoint. */
  requestsOf(endpoint: Endpoint): RecordedRequest[];
  hits(endpoint: Endpoint): number;
  /** TCP connections accepted so far, also those without a request. */
  readonly connections: number;
  /** Every token, code, secret and verifier issued or seen in this run. */
  canaries(): Canary[];
  /** Every code and token issued, with what became of it. */
  issued(): Issued[];
  /** Whether a code or token still works. */
  isActive(value: string): boolean;
  /** Forgets requests; credentials stay known. */
  clearRecords(): void;

  /** Opens an authorization URL as the browser would, and returns the callback URL to which it is redirected. */
  authorize(url: string, options?: AuthorizeOptions): Promise<string>;
  /** As `authorize`, but returns whatever comes: a redirect, a form to be posted, a page. */
  open(url: string, options?: AuthorizeOptions): Promise<AuthorizeResult>;

  /** Puts a handler before an endpoint (`'*'` for all). Returns what takes it away again. */
  on(endpoint: Endpoint | '*', times: Times, handler: Handler<Exchange>): () => void;
  /** Holds the requests of an endpoint until released; `'after'` lets the server act first (rotate, revoke). */
  hold(endpoint: Endpoint | '*', point?: HoldPoint): Gate;
  /** Changes what the server is about to send. Returns what takes the change away again. */
  change<Point extends ChangePoint>(
    point: Point,
    times: Times,
    change: Change<ChangePoints[Point]>,
  ): () => void;
  /** Takes all handlers and changes away and opens all gates. Settings stay. */
  reset(): void;

  /** Ends the grants of one subject or of all: refresh answers `invalid_grant`. */
  revokeGrants(sub?: string): void;
  /** Really refuses connections. */
  goDown(): Promise<void>;
  /** Listens again on the same port, with all state kept. */
  comeBack(): Promise<void>;
  /** Stops for good; rejects with what broke inside handlers. */
  close(): Promise<void>;
}

type Serve = (provider: Provider, request: RecordedRequest) => Promise<Answer>;

/**
 * Starts an OpenID Provider on 127.0.0.1 that behaves correctly until told otherwise, and records every request.
 *
 * @example
 * const as = await startAuthorizationServer();
 * as.on('token', 'once', faults.status(503));
 * as.change('idToken', 'once', forge.claims({ nonce: 'other' }));
 * await as.close();
 */
export async function startAuthorizationServer(
  options: AuthorizationServerOptions = {},
): Promise<AuthorizationServer> {
  const {
    host,
    port,
    tls,
    mtls = false,
    path = '',
    algorithms = [],
    clock = Date.now,
    client: given,
    ...wanted
  } = options;
  const canaries = createCanaries();
  const client: Client = {
    clientId: 'coatcheck-test',
    clientSecret: canaries.marker('client_secret'),
    ...given,
  };
  canaries.add({ kind: 'client_secret', value: client.clientSecret });
  const settings: Settings = { ...defaultSettings(client), ...wanted };
  const changes = createChanges();
  const script = createScript<Exchange>();
  const requests: RecordedRequest[] = [];

  const respond = async (incoming: IncomingMessage, response: ServerResponse) => {
    const { endpoint, serve } = routes.get((incoming.url ?? '/').split('?')[0] ?? '') ?? unknownRoute;
    const request = recordHead(incoming, endpoint);
    requests.push(request);
    await recordBody(incoming, request);
    const answer = await script.run({ endpoint, request, response }, () => serve(provider, request));
    if (answer !== handled) await writeAnswer(response, answer);
  };
  const handlers = {
    onRequest: (incoming: IncomingMessage, response: ServerResponse) =>
      respond(incoming, response).catch(ignoreAborted),
  };
  const listener = await listen(
    {
      ...(host === undefined ? {} : { host }),
      ...(port === undefined ? {} : { port }),
      ...(tls ? { tls } : {}),
    },
    handlers,
  );
  const mtlsListener: Listener | undefined =
    mtls && tls
      ? await listen(
          { ...(host === undefined ? {} : { host }), tls: { ...tls, clientCertificates: true } },
          handlers,
        )
      : undefined;

  const provider: Provider = {
    issuer: `${listener.url}${path}`,
    mtlsOrigin: mtlsListener?.url,
    settings,
    keys: createKeys(),
    changes,
    canaries,
    grants: createGrants(),
    pushed: new Map(),
    sessions: new Map(),
    assertions: new Set(),
    now: () => Math.floor(clock() / 1000 + settings.clockOffset),
  };
  const routes = routesBelow(path);
  await Promise.all([settings.signingAlgorithm, ...algorithms].map((alg) => provider.keys.current(alg)));

  const matches = (wantedEndpoint: Endpoint | '*') => (exchange: Exchange) =>
    wantedEndpoint === '*' || exchange.endpoint === wantedEndpoint;
  const requestsOf = (endpoint: Endpoint) => requests.filter((request) => request.endpoint === endpoint);

  return {
    ...createMint(provider),
    issuer: provider.issuer,
    client,
    settings,
    keys: provider.keys,
    requests,
    requestsOf,
    hits: (endpoint) => requestsOf(endpoint).length,
    get connections() {
      return listener.accepted;
    },
    canaries: canaries.all,
    issued: provider.grants.all,
    isActive: (value) => provider.grants.isActive(value, provider.now()),
    clearRecords: () => {
      requests.length = 0;
    },
    async authorize(url, authorizeOptions) {
      const result = await openAuthorizationUrl(url, authorizeOptions);
      if (result.kind === 'redirect') return result.url;
      throw new Error(
        `The authorization server did not redirect, it answered with a ${result.kind}: ${JSON.stringify(result)}`,
      );
    },
    open: openAuthorizationUrl,
    on: (endpoint, times, handler) => script.on(matches(endpoint), times, handler),
    hold: (endpoint, point = 'before') => script.hold(matches(endpoint), point),
    change: changes.add,
    reset() {
      script.clear();
      changes.clear();
    },
    revokeGrants: provider.grants.revoke,
    async goDown() {
      await Promise.all([listener.goDown(), mtlsListener?.goDown()]);
    },
    async comeBack() {
      await Promise.all([listener.comeBack(), mtlsListener?.comeBack()]);
    },
    async close() {
      script.clear();
      await Promise.all([listener.close(), mtlsListener?.close()]);
    },
  };
}

const unknownRoute: { endpoint: Endpoint; serve: Serve } = {
  endpoint: 'unknown',
  serve: async () => ({ status: 404, headers: { 'content-type': 'text/plain' }, body: 'not found' }),
};

function routesBelow(path: string): Map<string, { endpoint: Endpoint; serve: Serve }> {
  const discovery = { endpoint: 'discovery', serve: discoveryEndpoint } as const;
  return new Map<string, { endpoint: Endpoint; serve: Serve }>([
    [`${path}/.well-known/openid-configuration`, discovery],
    [`/.well-known/oauth-authorization-server${path}`, discovery],
    [`${path}${paths.jwks}`, { endpoint: 'jwks', serve: jwksEndpoint }],
    [`${path}${paths.authorize}`, { endpoint: 'authorize', serve: authorizeEndpoint }],
    [`${path}${paths.signIn}`, { endpoint: 'sign_in', serve: signInEndpoint }],
    [`${path}${paths.par}`, { endpoint: 'par', serve: parEndpoint }],
    [`${path}${paths.token}`, { endpoint: 'token', serve: tokenEndpoint }],
    [`${path}${paths.userinfo}`, { endpoint: 'userinfo', serve: userinfoEndpoint }],
    [`${path}${paths.revocation}`, { endpoint: 'revocation', serve: revocationEndpoint }],
    [`${path}${paths.introspection}`, { endpoint: 'introspection', serve: introspectionEndpoint }],
    [`${path}${paths.endSession}`, { endpoint: 'end_session', serve: endSessionEndpoint }],
  ]);
}

function ignoreAborted(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ECONNRESET' && code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
}
