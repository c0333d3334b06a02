import {
  type CookieNames,
  cookieNames,
  defaultBasePath,
  defaultCookieName,
  type Paths,
  pathsUnder,
} from '@coatcheck/protocol';
import { type AccessRules, accessRules, claimsOfRules } from './access.ts';
import { parseDuration } from './duration.ts';
import { type ClientKey, clientKeys } from './keys/client-keys.ts';
import { type DecryptionKey, decryptionKeys } from './keys/decryption-keys.ts';
import { type LimitSettings, limitSettings } from './limits.ts';
import { isLoopback } from './loopback.ts';
import { ConfigError, schemaProblems } from './problems.ts';
import { type ProviderSettings, providerSettings } from './provider/provider.ts';
import { type UpstreamUse, upstreamsOf, upstreamUse } from './route-upstreams.ts';
import { ruleProblems } from './rules.ts';
import { type CoatcheckOptions, optionsSchema, type RouteInput } from './schema.ts';
import type { UpstreamProtocol } from './upstream-protocol.ts';
import { type UpstreamTls, upstreamTls } from './upstream-tls.ts';

/** A route's options with defaults filled in; durations in milliseconds. */
export interface RouteSettings extends UpstreamUse {
  readonly prefix: string;
  /** One or more. */
  readonly upstreams: readonly UpstreamSettings[];
  /** What takes the prefix's place in the upstream path. */
  readonly upstreamPath: string;
  readonly provider: string;
  readonly resource: string | null;
  /** Who may call it, of those who signed in. */
  readonly access: AccessRules;
  readonly scopes: readonly string[];
  /** What its access token may do at most; sorted. Empty: all that was granted. */
  readonly tokenScopes: readonly string[];
  readonly tokenExchange: boolean;
  /** For sessions without a grant of `provider`, it gives tokens for our word about the person. */
  readonly homeAssertion: boolean;
  readonly session: 'required' | 'optional' | 'none';
  readonly methods: readonly string[];
  readonly encodedSlash: 'refuse' | 'pass';
  readonly bodyLimit: number;
  readonly timeout: number;
  readonly forwardHeaders: readonly string[];
  /** Added to every request, by name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Claims of the session by the name of the header that carries them. */
  readonly claimHeaders: Readonly<Record<string, string>>;
  /** Calls of one session under way at a time; null: as many as it likes. */
  readonly concurrencyPerSession: number | null;
  readonly allowSetCookie: readonly string[];
  readonly responseCaching: 'no-store' | 'upstream';
  readonly responseSandbox: boolean;
  /** Null where WebSockets are refused. */
  readonly webSocket: WebSocketSettings | null;
}

/** One of the servers behind a route. */
export interface UpstreamSettings extends UpstreamTls {
  /** As `URL.origin` gives it. */
  readonly origin: string;
  /** As `URL.host` gives it. */
  readonly host: string;
  readonly protocol: UpstreamProtocol;
}

/** What a route says of WebSockets. */
export interface WebSocketSettings {
  /** Bytes. */
  readonly messageLimit: number;
  readonly perSession: number;
  /** With `{token}` where the access token goes; null where the upstream is told of none. */
  readonly tokenMessage: string | null;
}

/** The options as the rest of the package sees them: checked, with defaults, durations in milliseconds. */
export interface Settings {
  readonly publicUrl: URL;
  /** Whether browsers may be told to use https for ever: never on loopback, where other servers use http. */
  readonly strictTransport: boolean;
  readonly secure: boolean;
  readonly basePath: string;
  readonly paths: Paths;
  readonly cookies: CookieNames;
  readonly keys: readonly Buffer[];
  /** Sign for us at providers; the first that fits. */
  readonly clientKeys: readonly ClientKey[];
  /** Open what providers encrypt for us. */
  readonly decryptionKeys: readonly DecryptionKey[];
  readonly session: { readonly idle: number; readonly absolute: number; readonly persistent: boolean };
  readonly storeUrl: string;
  /** How long cached sessions are used while the store is down. */
  readonly outageGrace: number;
  readonly providers: readonly ProviderSettings[];
  readonly routes: readonly RouteSettings[];
  readonly requireHeader: boolean;
  readonly diagnostics: boolean;
  readonly trustedProxies: readonly string[];
  readonly limits: LimitSettings;
}

/**
 * Checks the options and fills in defaults. Reads nothing and changes nothing.
 *
 * @throws ConfigError that names every problem at once
 */
export function parseOptions(input: unknown): Settings {
  const shape = schemaProblems(optionsSchema, input);
  if (shape.length > 0) throw new ConfigError([...shape, ...ruleProblems(input)]);
  const options = input as CoatcheckOptions;
  const problems = ruleProblems(options);
  if (problems.length > 0) throw new ConfigError(problems);

  const publicUrl = new URL(options.publicUrl);
  const basePath = options.basePath ?? defaultBasePath;
  const firstProvider = options.providers[0]?.id ?? '';
  const ownKeys = {
    clientKeys: clientKeys(options.clientKeys),
    decryptionKeys: decryptionKeys(options.decryptionKeys),
  };
  return {
    publicUrl,
    secure: publicUrl.protocol === 'https:',
    strictTransport: publicUrl.protocol === 'https:' && !isLoopback(publicUrl),
    basePath,
    paths: pathsUnder(basePath),
    cookies: cookieNames(options.cookieName ?? defaultCookieName),
    keys: options.keys.map((key) => Buffer.from(key, 'base64url')),
    ...ownKeys,
    session: {
      idle: parseDuration(options.session?.idleTimeout ?? '30m'),
      absolute: parseDuration(options.session?.absoluteTimeout ?? '12h'),
      persistent: options.session?.persistent ?? true,
    },
    storeUrl: options.store.url,
    outageGrace: parseDuration(options.store.outageGrace ?? '0s'),
    providers: options.providers.map((one) =>
      providerSettings(one, {
        resources: resourcesOf(one.id, options.routes ?? [], firstProvider),
        isTokenUsed: routesWith(one.id, options.routes ?? [], firstProvider).length > 0,
        accessClaims: accessClaims(options),
        ...ownKeys,
      }),
    ),
    routes: (options.routes ?? []).map((one) => routeSettings(one, options.routes ?? [], firstProvider)),
    requireHeader: options.guard?.requireHeader ?? false,
    diagnostics: options.diagnostics ?? false,
    trustedProxies: options.trustedProxies ?? [],
    limits: limitSettings(options.limits),
  };
}

/** Whoever signed in may come to any route. */
function accessClaims({ providers, routes = [] }: CoatcheckOptions): string[] {
  const rules = [...providers, ...routes].flatMap(({ access }) => accessRules(access));
  return [...new Set(claimsOfRules(rules))];
}

/** Resources whose tokens come from a provider's own grant. */
function resourcesOf(provider: string, routes: RouteInput[], firstProvider: string): string[] {
  const resources = routesWith(provider, routes, firstProvider)
    .filter((route) => !route.tokenExchange)
    .flatMap((route) => (route.resource === undefined ? [] : [route.resource]));
  return [...new Set(resources)];
}

/** Routes whose tokens a provider gives. */
function routesWith(provider: string, routes: RouteInput[], firstProvider: string): RouteInput[] {
  return routes.filter((route) => (route.provider ?? firstProvider) === provider && route.session !== 'none');
}

function routeSettings(input: RouteInput, routes: RouteInput[], firstProvider: string): RouteSettings {
  const upstreams = upstreamsOf(input);
  const base = (upstreams[0]?.pathname ?? '').replace(/\/+$/, '');
  return {
    prefix: input.prefix,
    upstreams: upstreams.map(({ origin, host }) => ({
      origin,
      host,
      protocol: input.upstreamProtocol ?? 'http1',
      ...upstreamTls(origin, routes),
    })),
    ...upstreamUse(input),
    upstreamPath: (input.keepPrefix ?? true) ? `${base}${input.prefix}` : base,
    provider: input.provider ?? firstProvider,
    resource: input.resource ?? null,
    access: accessRules(input.access),
    scopes: input.scopes ?? [],
    tokenScopes: [...new Set(input.tokenScopes)].sort(),
    tokenExchange: input.tokenExchange ?? false,
    homeAssertion: input.homeAssertion ?? false,
    session: input.session ?? 'required',
    methods: input.methods ?? ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    encodedSlash: input.encodedSlash ?? 'refuse',
    bodyLimit: input.bodyLimit ?? 10_485_760,
    timeout: parseDuration(input.timeout ?? '30s'),
    forwardHeaders: (input.forwardHeaders ?? []).map((name) => name.toLowerCase()),
    headers: input.headers ?? {},
    claimHeaders: input.claimHeaders ?? {},
    concurrencyPerSession: input.concurrencyPerSession ?? null,
    allowSetCookie: input.allowSetCookie ?? [],
    responseCaching: input.responseCaching ?? 'no-store',
    responseSandbox: input.responseSandbox ?? true,
    webSocket: input.websocket
      ? {
          messageLimit: input.websocketMessageLimit ?? 1_048_576,
          perSession: input.websocketsPerSession ?? 32,
          tokenMessage: input.websocketTokenMessage ?? null,
        }
      : null,
  };
}
