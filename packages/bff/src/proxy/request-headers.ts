import { connectionOptions } from './fields.ts';
import { type NameVerdict, rememberNames } from './request-names.ts';

export interface RequestHeaderInput {
  /** Of the browser's request, names and values in turn. Those of HTTP/2 begin with pseudo-header fields. */
  readonly rawHeaders: readonly string[];
  /** The upstream's own authority, as `URL.host` gives it (RFC 9110 §7.2). */
  readonly upstreamHost: string;
  /** What the upstream gets as `Authorization`; null on an anonymous route. */
  readonly token: { readonly type: 'Bearer' | 'DPoP'; readonly value: string } | null;
  /** What to say about the client. Which peer to believe was the caller's decision (`trustedProxies`). */
  readonly forwarded: { readonly for: string; readonly host: string; readonly proto: 'http' | 'https' };
  readonly requestId: string;
  /** Which fields of the browser cross, from {@link requestNames}. */
  readonly names: RequestNames;
  /** What the route adds, names and values in turn. */
  readonly added?: readonly string[] | undefined;
  /** So many random bytes in lower-case hex. */
  readonly randomHex: (bytes: number) => string;
}

export type RequestHeaders =
  | {
      readonly kind: 'ok';
      /** Names and values in turn, for undici. */
      readonly headers: string[];
      /** What was sent as `traceparent` (W3C Trace Context). */
      readonly traceparent: string;
    }
  /** The request has come through this BFF twice already. */
  | { readonly kind: 'loop' };

/** Our name in `Via`: a pseudonym, so that no host name leaves the house (RFC 9110 §7.6.3). */
const viaPseudonym = 'coatcheck';
const ourVia = new RegExp(`(?:^|,)\\s*[^\\s,]+\\s+${viaPseudonym}(?=\\s|,|$)`, 'gi');

const neverForwarded: ReadonlySet<string> = new Set([
  // set by us
  'host',
  'authorization',
  'x-request-id',
  // of this hop only
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'expect',
  // the browser's credentials are for the BFF
  'cookie',
  'cookie2',
  'dpop',
  // claims about the client or the target that an upstream might believe
  'forwarded',
  'x-real-ip',
]);
const neverForwardedPrefix = /^(?:proxy-|coatcheck-|x-forwarded|x-original|x-rewrite|x-http-method|x-method)/;

/**
 * Speak of the browser's own origin, of who calls or from where. Load balancers and gateways write these, so some
 * upstreams believe them; a route whose own proxy in front writes one may keep it.
 */
const droppedByDefault = new RegExp(
  `^(?:${[
    'origin$|referer$|sec-fetch-|x-requested-with$',
    // addresses
    '(?:[a-z0-9]+-)*client-?ip$|[a-z]+-(?:connecting|socket)-ip|x-azure-socketip$|x-originating-|x-remote-|x-host$',
    'x-proxyuser-|x-cluster-|x-envoy-|x-appengine-|cdn-src-ip$|x-real-|x-client-',
    // people
    'x-user|remote-|x-auth|x-webauth-|x-goog-|x-ms-client-|x-ms-token-|x-amzn-oidc-|cf-access-|x-pomerium-|oidc-',
    'tailscale-|x-jwt|x-id-token|x-access-token|x-consumer-|x-credential-|x-anonymous-consumer$',
    // certificates, as whoever ends TLS reports them (RFC 9440)
    'client-cert|ssl-|x-ssl-|x-tls-|x-arr-',
    // words that some frameworks take for their own
    'x-middleware-',
  ].join('|')})`,
);

/** Fields that pass, but must not reach a CGI-like upstream a second time in another spelling. */
const misspeltOnly: ReadonlySet<string> = new Set([
  'content-length',
  'content-type',
  'via',
  'traceparent',
  'tracestate',
]);

// W3C Trace Context §3.2: version 00 ends after the flags, later ones may go on.
const validTraceparent =
  /^(?:00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}|(?!00|ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?)$/;

/**
 * Reads a route's `forwardHeaders`: which of the fields that do not cross by default do so here.
 *
 * @returns the names to keep, lower case, and those that no route may keep
 */
export function keptHeaders(names: readonly string[]): { kept: ReadonlySet<string>; refused: string[] } {
  const refused = names.filter((name) => isNeverForwarded(spelling(name.toLowerCase())));
  const kept = names.filter((name) => !refused.includes(name)).map((name) => name.toLowerCase());
  return { kept: new Set(kept), refused };
}

/** Judges the names of a browser's fields. */
export type RequestNames = (name: string) => NameVerdict;

/**
 * Made once per route, since it remembers what it judged.
 *
 * @param kept the route's `forwardHeaders`, from {@link keptHeaders}
 * @param added names that the route sets, as {@link spelling} gives them: the browser's own never cross under them
 */
export function requestNames(kept: ReadonlySet<string>, added?: ReadonlySet<string>): RequestNames {
  return rememberNames((lower) => mayCross(lower, kept) && !added?.has(spelling(lower)));
}

/** Those of a route's `headers` and `claimHeaders` that no route may set: they are ours, or of this hop, or of the body. */
export function unsettableHeaders(names: readonly string[]): string[] {
  return names.filter((name) => {
    const spelled = spelling(name.toLowerCase());
    return isNeverForwarded(spelled) || misspeltOnly.has(spelled) || /^(?:content-|sec-)/.test(spelled);
  });
}

/** Makes the fields of the request to the upstream from those of the browser's, in one pass. */
export function requestHeaders(input: RequestHeaderInput): RequestHeaders {
  const { rawHeaders, token, forwarded, names, added } = input;
  const headers = [
    'host',
    input.upstreamHost,
    'x-request-id',
    input.requestId,
    'x-forwarded-for',
    forwarded.for,
    'x-forwarded-host',
    forwarded.host,
    'x-forwarded-proto',
    forwarded.proto,
  ];
  if (token !== null) headers.push('authorization', `${token.type} ${token.value}`);
  if (added) headers.push(...added);

  const named = connectionOptions(rawHeaders);
  const via: string[] = [];
  const traceparents: string[] = [];
  const tracestates: string[] = [];
  // They say what the request line does, and stand before all others (RFC 9113 §8.3).
  let pseudo = 0;
  while (rawHeaders[pseudo]?.[0] === ':') pseudo += 2;
  for (let i = pseudo; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    const value = rawHeaders[i + 1] ?? '';
    const { lower, crosses } = names(name);
    if (lower === 'via') via.push(value);
    else if (lower === 'traceparent') traceparents.push(value);
    else if (lower === 'tracestate') tracestates.push(value);
    else if (crosses && !named.has(lower)) headers.push(name, value);
  }

  const received = via.join(', ');
  if ((received.match(ourVia)?.length ?? 0) >= 2) return { kind: 'loop' };
  const hop = pseudo === 0 ? `1.1 ${viaPseudonym}` : `2.0 ${viaPseudonym}`;
  headers.push('via', received === '' ? hop : `${received}, ${hop}`);

  const [first = ''] = traceparents;
  const traced = traceparents.length === 1 && validTraceparent.test(first);
  const traceparent = traced ? first : newTraceparent(input.randomHex);
  headers.push('traceparent', traceparent);
  // §3.3.1.4: a state without its parent means nothing.
  if (traced) for (const state of tracestates) headers.push('tracestate', state);
  return { kind: 'ok', headers, traceparent };
}

function mayCross(lower: string, kept: ReadonlySet<string>): boolean {
  const spelled = spelling(lower);
  if (isNeverForwarded(spelled)) return false;
  if (spelled !== lower && misspeltOnly.has(spelled)) return false;
  return !droppedByDefault.test(spelled) || kept.has(lower);
}

function isNeverForwarded(spelled: string): boolean {
  return neverForwarded.has(spelled) || neverForwardedPrefix.test(spelled);
}

/** CGI and its heirs give all these spellings one variable: `X_User`, `X-User`, `X.User` (RFC 3875 §4.1.18). */
export function spelling(lower: string): string {
  return /[^a-z0-9-]/.test(lower) ? lower.replace(/[^a-z0-9-]/g, '-') : lower;
}

function newTraceparent(randomHex: (bytes: number) => string): string {
  return `00-${randomHex(16)}-${randomHex(8)}-01`;
}
