import { expiryOf, parseSetCookie, type SetCookie } from './cookies.ts';
import { type JarResponse, type JarStream, sendRequest } from './send.ts';

/** Where a browser says that a request comes from. */
export type FetchSite = 'same-origin' | 'same-site' | 'cross-site' | 'none';

export interface JarRequest {
  method?: string;
  /** Added last: these win over what the jar would send, and an undefined value takes a header out. */
  headers?: Record<string, string | string[] | undefined>;
  body?: string | Uint8Array | URLSearchParams;
  /** Sent as JSON. */
  json?: unknown;
  /** Decides the Sec-Fetch headers and which cookies go along. */
  site?: FetchSite;
  signal?: AbortSignal;
}

export interface JarOptions {
  /** PEM of a certificate authority to trust. Without it certificates are not checked. */
  ca?: string | Buffer;
  /** Unix time in milliseconds; default Date.now. */
  clock?: () => number;
}

/** A browser's cookies and manners, without the browser. It never follows a redirect. */
export interface Jar {
  baseUrl: string;
  /** A request with cookies and nothing else: no Fetch Metadata, like a script. */
  request(path: string, init?: JarRequest): Promise<JarResponse>;
  get(path: string, init?: JarRequest): Promise<JarResponse>;
  post(path: string, init?: JarRequest): Promise<JarResponse>;
  /** As a top-level navigation; `site` is `none` (typed address) unless told otherwise. */
  navigate(path: string, init?: JarRequest): Promise<JarResponse>;
  /** As `fetch()` from a page of the same origin, or of another `site`. */
  fetch(path: string, init?: JarRequest): Promise<JarResponse>;
  /** As `fetch`, but returns at the head and leaves the body to be read as it comes. */
  stream(path: string, init?: JarRequest): Promise<JarStream>;
  /** The living cookies by name. */
  readonly cookies: ReadonlyMap<string, SetCookie>;
  cookie(name: string): string | undefined;
  /** Sets a cookie by hand, or by a whole `Set-Cookie` line. */
  setCookie(nameOrLine: string, value?: string): void;
  deleteCookie(name: string): void;
  /** A second browser with the same cookies. */
  clone(): Jar;
}

/**
 * Starts with no cookies. Cookies are kept by name only, for one host; SameSite is honoured as a browser would, so
 * a cross-site navigation brings no Strict cookie.
 *
 * @param baseUrl origin that paths are relative to
 */
export function createJar(
  baseUrl: string,
  options: JarOptions = {},
  inherited: Iterable<SetCookie> = [],
): Jar {
  const { clock = Date.now } = options;
  const kept = new Map<string, SetCookie & { diesAt: number }>();

  const keep = (cookie: SetCookie) => {
    const diesAt = expiryOf(cookie, clock());
    if (diesAt <= clock()) kept.delete(cookie.name);
    else kept.set(cookie.name, { ...cookie, diesAt });
  };
  const living = () => {
    for (const [name, cookie] of kept) if (cookie.diesAt <= clock()) kept.delete(name);
    return kept;
  };
  for (const cookie of inherited) keep(cookie);

  const prepare = (
    path: string,
    init: JarRequest,
    defaults: Record<string, string>,
    isNavigation: boolean,
  ) => {
    const url = path.startsWith('/') ? new URL(baseUrl) : new URL(path);
    if (url.origin !== new URL(baseUrl).origin)
      throw new Error(`${url.origin} is not ${baseUrl}: use another jar.`);
    const method = init.method ?? 'GET';
    const cookies = [...living().values()].filter((cookie) =>
      travels(cookie, init.site, method, isNavigation),
    );
    const headers: Record<string, string | string[]> = { ...defaults };
    if (cookies.length > 0) headers.cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const body = bodyOf(init, headers);
    for (const [name, value] of Object.entries(init.headers ?? {})) {
      for (const known of Object.keys(headers))
        if (known.toLowerCase() === name.toLowerCase()) delete headers[known];
      if (value !== undefined) headers[name] = value;
    }
    return { url, target: rawTarget(path, url), method, headers, body, signal: init.signal, ca: options.ca };
  };
  const send = async (
    path: string,
    init: JarRequest,
    defaults: Record<string, string>,
    isNavigation = false,
  ) => {
    const stream = await sendRequest(prepare(path, init, defaults, isNavigation));
    for (const cookie of stream.setCookies) keep(cookie);
    return stream;
  };
  const fetchDefaults = (init: JarRequest) => {
    const site = init.site ?? 'same-origin';
    const isRead = ['GET', 'HEAD', undefined].includes(init.method);
    return {
      accept: '*/*',
      'sec-fetch-site': site,
      'sec-fetch-mode': 'cors',
      'sec-fetch-dest': 'empty',
      ...(isRead && site === 'same-origin' ? {} : { origin: originOf(site, baseUrl) }),
    };
  };

  const jar: Jar = {
    baseUrl,
    request: async (path, init = {}) => (await send(path, init, {})).whole(),
    get: (path, init = {}) => jar.request(path, { ...init, method: 'GET' }),
    post: (path, init = {}) => jar.request(path, { ...init, method: 'POST' }),
    async navigate(path, init = {}) {
      const defaults = {
        accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
        'sec-fetch-site': init.site ?? 'none',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
        'sec-fetch-user': '?1',
        'upgrade-insecure-requests': '1',
        ...(init.method === 'POST' ? { origin: originOf(init.site ?? 'same-origin', baseUrl) } : {}),
      };
      return (await send(path, init, defaults, true)).whole();
    },
    fetch: async (path, init = {}) => (await send(path, init, fetchDefaults(init))).whole(),
    stream: (path, init = {}) => send(path, init, fetchDefaults(init)),
    get cookies() {
      return living();
    },
    cookie: (name) => living().get(name)?.value,
    setCookie(nameOrLine, value) {
      keep(parseSetCookie(value === undefined ? nameOrLine : `${nameOrLine}=${value}`));
    },
    deleteCookie: (name) => {
      kept.delete(name);
    },
    clone: () => createJar(baseUrl, options, [...living().values()].map(asLine)),
  };
  return jar;
}

/** RFC 6265bis §5.8.3: cross-site, only None goes along, and Lax on a top-level navigation by a safe method. */
function travels(
  cookie: SetCookie,
  site: FetchSite | undefined,
  method: string,
  isNavigation: boolean,
): boolean {
  if (site !== 'cross-site' || cookie.sameSite === 'none') return true;
  return cookie.sameSite !== 'strict' && isNavigation && ['GET', 'HEAD'].includes(method);
}

function originOf(site: FetchSite, baseUrl: string): string {
  if (site === 'cross-site') return 'https://evil.example';
  return site === 'same-site' ? `https://sibling.${new URL(baseUrl).host}` : new URL(baseUrl).origin;
}

function bodyOf(
  init: JarRequest,
  headers: Record<string, string | string[]>,
): string | Uint8Array | undefined {
  if (init.json !== undefined) {
    headers['content-type'] = 'application/json';
    return JSON.stringify(init.json);
  }
  if (init.body instanceof URLSearchParams) {
    headers['content-type'] = 'application/x-www-form-urlencoded';
    return init.body.toString();
  }
  return init.body;
}

/** The path as written, since URL would tidy dot segments away, which tests of them must not have. */
function rawTarget(path: string, url: URL): string {
  return path.startsWith('/') ? (path.split('#')[0] ?? path) : `${url.pathname}${url.search}`;
}

/** A cookie for a clone keeps its time of death, not its length of life. */
function asLine(cookie: SetCookie & { diesAt: number }): SetCookie {
  const { diesAt, maxAge: _, ...rest } = cookie;
  return diesAt === Infinity ? rest : { ...rest, expires: diesAt };
}
