import { cookieNames } from '@coatcheck/protocol';
import { tokenChallenges } from './challenges.ts';
import { connectionOptions, fieldValue } from './fields.ts';
import { mapLinks } from './links.ts';
import { type LocationMap, mapLocation } from './location.ts';
import { mayFollowContent } from './response-fields.ts';
import { createNameRules, type NameRule } from './response-names.ts';

export interface ResponseHeaderOptions {
  /** Names of upstream cookies that may reach the browser. Never one of the BFF's own. */
  readonly allowedCookies?: readonly string[];
  /** What the names of the BFF's own cookies start with: `cookieNames(name).ticket`. */
  readonly ownCookie: string;
  readonly contentSecurityPolicy?: string;
  /** `upstream` lets its `Cache-Control` pass where it sends one. */
  readonly cacheControl?: 'no-store' | 'upstream';
  /** Further fields for every answer, names and values in turn; an upstream's of the same name give way. */
  readonly added?: readonly string[];
}

/** {@link ResponseHeaderOptions} made ready once per route. */
export interface ResponseRules {
  readonly allowedCookies: ReadonlySet<string>;
  readonly ownCookies: readonly string[];
  readonly cacheControl: 'no-store' | 'upstream';
  readonly added: readonly string[];
  readonly names: (name: string) => NameRule;
}

export interface ResponseContext extends LocationMap {
  /** Of the browser's request. */
  readonly method: string;
  readonly httpVersion: string;
  /** The access token that the upstream got: no field may carry it to the browser. */
  readonly token: string | null;
}

/** What a hint is read against. */
export type HintContext = LocationMap & Pick<ResponseContext, 'token'>;

export type ResponseHeaders =
  | {
      readonly kind: 'ok';
      /** Names and values in turn, for `ServerResponse.writeHead`. */
      readonly headers: string[];
      /** The upstream sent the access token back in a field, which was dropped. Worth a warning in the log. */
      readonly tokenEchoed: boolean;
    }
  | { readonly kind: 'upstream_invalid'; readonly detail: string };

/** An API's HTML or script would run on the application's origin. */
const strictContentSecurityPolicy = "sandbox; default-src 'none'; base-uri 'none'; frame-ancestors 'none'";
const defaultCacheControl = 'private, no-store';

export function responseRules(options: ResponseHeaderOptions): ResponseRules {
  const { added = [] } = options;
  const fields = new Map([
    ['x-content-type-options', 'nosniff'],
    ['content-security-policy', options.contentSecurityPolicy ?? strictContentSecurityPolicy],
  ]);
  for (let i = 0; i < added.length; i += 2) fields.set((added[i] ?? '').toLowerCase(), added[i + 1] ?? '');
  return {
    allowedCookies: new Set(options.allowedCookies),
    ownCookies: [cookieNames().ticket.toLowerCase(), options.ownCookie.toLowerCase()],
    cacheControl: options.cacheControl ?? 'no-store',
    added: [...fields].flat(),
    names: createNameRules(new Set(fields.keys())),
  };
}

/**
 * Makes the fields of the answer to the browser from those of the upstream's, in one pass.
 *
 * @param status of the upstream's final answer
 * @param rawHeaders of it, names and values in turn, decoded as Latin-1
 */
export function responseHeaders(
  status: number,
  rawHeaders: readonly string[],
  rules: ResponseRules,
  context: ResponseContext,
): ResponseHeaders {
  if (status < 200 || status > 599) return invalid(`status ${status}`);
  const draft: Draft = { headers: [...rules.added], vary: [], trailer: [], caching: [], tokenEchoed: false };
  const named = connectionOptions(rawHeaders);
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    const value = rawHeaders[i + 1] ?? '';
    const rule = rules.names(name);
    if (!rule.isToken) return invalid('a field name is not a token');
    if (!fieldValue.test(value)) return invalid('a field value holds a control');
    const { lower } = rule;
    if (echoes(value, context.token)) {
      if (lower === 'location') return invalid('the location holds the access token');
      draft.tokenEchoed = true;
    } else if (lower === 'transfer-encoding') {
      if (draft.coding !== undefined || value.toLowerCase() !== 'chunked')
        return invalid('a transfer coding');
      draft.coding = value;
    } else if (lower === 'location') {
      if (draft.location !== undefined) return invalid('more than one location');
      draft.location = value;
    } else if (lower === 'vary') draft.vary.push(value);
    else if (lower === 'trailer') draft.trailer.push(value);
    else if (!rule.isDropped && !named.has(lower)) addField(draft, name, value, rule, status, rules, context);
  }
  return finish(draft, status, context);
}

/** An answer's fields while they are read. */
interface Draft {
  readonly headers: string[];
  readonly vary: string[];
  readonly trailer: string[];
  /** What the upstream says of caching, where the route lets it. */
  readonly caching: string[];
  coding?: string;
  location?: string;
  setsCookie?: true;
  cacheControl?: true;
  tokenEchoed: boolean;
}

function addField(
  draft: Draft,
  name: string,
  value: string,
  { lower, isCachePolicy }: NameRule,
  status: number,
  rules: ResponseRules,
  context: ResponseContext,
): void {
  if (isCachePolicy) {
    if (rules.cacheControl !== 'upstream') return;
    if (lower === 'cache-control') draft.cacheControl = true;
    draft.caching.push(name, value);
    return;
  }
  if (lower === 'set-cookie') {
    if (!mayCookiePass(value, rules)) return;
    draft.setsCookie = true;
  } else if (lower === 'link') {
    const links = mapLinks(value, context);
    if (links !== null) draft.headers.push(name, links);
    return;
  } else if (lower === 'content-location') {
    const mapped = mapLocation(value, context);
    if (mapped.kind === 'inside') draft.headers.push(name, mapped.location);
    else if (mapped.kind === 'foreign') draft.headers.push(name, value);
    return;
  } else if (lower === 'www-authenticate') {
    const challenges = tokenChallenges(value);
    if (challenges !== null) draft.headers.push(name, challenges);
    return;
  } else if (lower === 'content-length') {
    // RFC 9110 §8.6: never with 204.
    if (status === 204) return;
  } else if (lower === 'content-type' && /^text\/event-stream\b/i.test(value)) {
    // Or a proxy in front of us would hold events back until its buffer is full.
    draft.headers.push('x-accel-buffering', 'no');
  }
  draft.headers.push(name, value);
}

function finish(draft: Draft, status: number, context: ResponseContext): ResponseHeaders {
  const { headers, location } = draft;
  // Whoever is given a stored answer is given its cookie.
  const mayBeStored = draft.cacheControl === true && draft.setsCookie === undefined;
  if (!draft.setsCookie) headers.push(...draft.caching);
  if (!mayBeStored) headers.push('cache-control', defaultCacheControl);
  headers.push('vary', withCookie(draft.vary));
  // Node throws where trailers are announced but cannot be sent.
  const mayFollow =
    context.httpVersion === '2.0' || (draft.coding !== undefined && context.httpVersion === '1.1');
  if (mayFollow && context.method !== 'HEAD' && status !== 204 && status !== 304) {
    for (const names of draft.trailer) headers.push('trailer', names);
  }
  if (location !== undefined) {
    const mapped = mapLocation(location, context);
    const redirects = status >= 300 && status < 400 && status !== 304;
    if (mapped.kind === 'inside') headers.push('location', mapped.location);
    else if (redirects) return invalid(`a redirect that is ${mapped.kind}`);
    else if (mapped.kind === 'foreign') headers.push('location', location);
  }
  return { kind: 'ok', headers, tokenEchoed: draft.tokenEchoed };
}

/**
 * What of the upstream's trailers may follow the content.
 *
 * @returns pairs for `ServerResponse.addTrailers`
 */
export function responseTrailers(
  rawTrailers: readonly string[],
  rules: ResponseRules,
  token: string | null,
): [string, string][] {
  const trailers: [string, string][] = [];
  for (let i = 0; i < rawTrailers.length; i += 2) {
    const name = rawTrailers[i] ?? '';
    const value = rawTrailers[i + 1] ?? '';
    const { lower, isToken, isDropped } = rules.names(name);
    if (!isToken || !fieldValue.test(value) || echoes(value, token)) continue;
    if (!isDropped && mayFollowContent(lower)) trailers.push([name, value]);
  }
  return trailers;
}

/** The `Link` values of a 103 answer (RFC 8297), which is all of it that may be relayed. */
export function earlyHints(rawHeaders: readonly string[], context: HintContext): string[] {
  const hints: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const value = rawHeaders[i + 1] ?? '';
    if (rawHeaders[i]?.toLowerCase() !== 'link') continue;
    if (!fieldValue.test(value) || echoes(value, context.token)) continue;
    const links = mapLinks(value, context);
    if (links !== null) hints.push(links);
  }
  return hints;
}

function mayCookiePass(setCookie: string, { allowedCookies, ownCookies }: ResponseRules): boolean {
  const [pair = ''] = setCookie.split(';', 1);
  const equals = pair.indexOf('=');
  const name = equals === -1 ? '' : pair.slice(0, equals).trim();
  // A cookie without a name is sent back as its value alone, which may look like any other.
  if (name === '' || !allowedCookies.has(name)) return false;
  const lower = name.toLowerCase();
  return !ownCookies.some((own) => lower.startsWith(own));
}

/** A shared cache must never give one person's answer to another, whatever the upstream says of caching. */
function withCookie(vary: readonly string[]): string {
  const names = vary.join(', ');
  if (names === '') return 'Cookie';
  return /(?:^|,)\s*cookie\s*(?:,|$)/i.test(names) ? names : `${names}, Cookie`;
}

function echoes(value: string, token: string | null): boolean {
  return token !== null && token !== '' && value.length >= token.length && value.includes(token);
}

function invalid(detail: string): ResponseHeaders {
  return { kind: 'upstream_invalid', detail };
}
